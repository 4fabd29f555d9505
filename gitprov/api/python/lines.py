"""Lines of JSON that a run's own program adds to its journal.

| line | means |
| --- | --- |
| `{"params": {name: value}}` | parameters; the last word counts |
| `{"metrics": [{"name", "value", "at", "step"}]}` | results |
| `{"inputs": [entry], "data": {digest: listing}}` | what was read, hashed: as in a record, with absolute paths |
| `{"outputs": [path]}` | what is to be hashed when the run ends; absolute paths |
| `{"tags": [text]}` | names to find the run by |
| `{"missing": [text]}` | what the record will not know |
| `{"error": [text]}` | the exception that ended the work |
| `{"asked": [{"message", "hypothesis", "expect", "seed", "metrics"}]}` | what a program asks of a run that it joins |
| `{"splits": [{"name", "rows", "digest", "sum", "shared"}]}` | splits of the data; the digest's sum in hex |
| `{"notebooks": [path]}` | the notebook that the run is part of; absolute path |

JSON is written here because the library `json` costs a program several times what all the rest of this costs.
"""

import os

try:
    from _json import encode_basestring_ascii as _text
except ImportError:  # an implementation of Python without CPython's accelerators
    from json.encoder import encode_basestring_ascii as _text

JOURNAL = "GIT_PROV_JOURNAL"
"""Where the run under way is written down, in its environment."""
RUN = "GIT_PROV_RUN"
"""The id of that run."""


def say(journal: str, line: dict[str, object]) -> None:
    """Add one line to a journal, in one write, so that threads and processes never mix theirs.

    `line` is made of what `plain` returns. Raises `OSError` where the run is over or its git directory out of reach.
    """
    data = dumps(line).encode() + b"\n"
    handle = os.open(journal, os.O_WRONLY | os.O_APPEND)
    try:
        if os.write(handle, data) < len(data):
            os.write(handle, b"\n")  # what follows must not be taken for the rest of it
            raise OSError(28, "No space left on device")
    finally:
        os.close(handle)


def dumps(value: object) -> str:
    """Return plain data (`dict` with text as keys, `list`, `str`, finite numbers, `bool`, `None`) as JSON."""
    if isinstance(value, str):
        return str(_text(value))
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_text(key)}: {dumps(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(dumps(item) for item in value) + "]"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float):
        return float.__repr__(value)
    raise TypeError(f"{type(value).__name__} is not plain data")
