"""Which records are about some files, told from their lines before they are understood, which is what is dear.

A line is about a file where it names the file's path; and with it every line that names one of the ids in such a line:
what people said of the record, what took its place, what else claims to have its id. No line that matters is left
out; that others are taken along does no harm.
"""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Final

_PATH: Final = re.compile(rb'"path"\s*:\s*"((?:[^"\\]|\\.)*)"')
_OWN: Final = re.compile(rb'"id"\s*:\s*"([0-9a-f]{32})"')
_NAMED: Final = re.compile(rb'"([0-9a-f]{32})"')
_FEW: Final = 16
"""So many names are looked for one by one; of more of them, all that a line names are looked up."""


def about(lines: Sequence[bytes], paths: Iterable[str]) -> list[int]:
    """Return the places of the lines of JSON that are about one of these paths, in the form that records have them."""
    plain = [_plain(line) for line in lines]
    found = set(_holding(plain, range(len(plain)), [_spelled(path) for path in paths], _PATH))
    new, known = set(found), set[bytes]()
    while new:
        ids = {name for at in new for name in _OWN.findall(plain[at])} - known
        known |= ids
        others = [at for at in range(len(plain)) if at not in found]
        new = set(_holding(plain, others, sorted(ids), _NAMED))
        found |= new
    return sorted(found)


def _holding(
    lines: Sequence[bytes], places: Iterable[int], names: Sequence[bytes], pattern: re.Pattern[bytes]
) -> Iterable[int]:
    """Those of the lines in which the pattern finds one of the names."""
    wanted = set(names)
    quoted = [b'"%b"' % name for name in names] if len(names) <= _FEW else None
    for at in places:
        line = lines[at]
        is_likely = quoted is None or any(name in line for name in quoted)
        if is_likely and not wanted.isdisjoint(pattern.findall(line)):
            yield at


def _spelled(text: str) -> bytes:
    return json.dumps(text, ensure_ascii=False)[1:-1].encode("utf-8", "surrogatepass")


def _plain(line: bytes) -> bytes:
    r"""The line with each text spelled in the one way in which we write it: `\u0061` and `\/` are other ways."""
    if b"\\u" not in line and b"\\/" not in line:
        return line
    try:
        return json.dumps(json.loads(line), ensure_ascii=False).encode("utf-8", "surrogatepass")
    except (ValueError, RecursionError):
        return line  # nobody can read it
