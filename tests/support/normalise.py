"""What a program says, with what changes from one run to the next replaced by its name."""

import re

_ABBREVIATION = 7
_IS_ID = re.compile(r"[0-9a-f]{32,64}")
_CHANGING = (
    # the order matters: a digest holds an id's worth of hex digits
    (re.compile(r"\bb3:[0-9a-f]{64}\b"), "<digest>"),
    (re.compile(r"\b(?:[0-9a-f]{64}|[0-9a-f]{40})\b"), "<oid>"),
    (re.compile(r"\b[0-9a-f]{32}\b"), "<id>"),
    (re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z| ?[+-]\d\d:?\d\d)?"), "<time>"),
    (re.compile(r"\b\d+(?:\.\d+)? ?(?:ms|s|seconds?)\b"), "<duration>"),
)


def normalise(text: str, **names: object) -> str:
    """Return `text` with every value of `names` (a path, an id and its abbreviations) replaced by `<its name>`.

    What is left of full ids, object ids, digests, moments and durations is replaced by what it is. An abbreviated id
    is replaced only where the id is named: seven hex digits alone may as well be a word or a number.
    """
    for name, value in sorted(names.items(), key=lambda item: -len(str(item[1]))):
        text = re.sub(_pattern(str(value)), f"<{name}>", text)
    for pattern, label in _CHANGING:
        text = pattern.sub(label, text)
    return text


def _pattern(value: str) -> str:
    if not _IS_ID.fullmatch(value):
        return re.escape(value)
    head, tail = value[:_ABBREVIATION], value[_ABBREVIATION:]
    # each further digit may follow only when the one before it did
    nested = "".join(f"(?:{digit}" for digit in tail) + ")?" * len(tail)
    return rf"\b{head}{nested}\b"
