"""Plain values as JSON, without the `json` module: a program that never uses it should not have to load it."""

_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_WORDS = {None: "null", True: "true", False: "false"}
_DEEPEST = 32


def to_json(value: object) -> bytes:
    """Return `value` as one line of ASCII JSON.

    What JSON has no form for, and what is nested deeper than 32 levels, becomes the name of its type.
    """
    return _render(value, _DEEPEST).encode("ascii")


def _render(value: object, depth: int) -> str:
    if value is None or value is True or value is False:
        return _WORDS[value]
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float):
        return _number(value)
    if depth and isinstance(value, dict):
        return "{" + ",".join(f"{_text(str(key))}:{_render(item, depth - 1)}" for key, item in value.items()) + "}"
    if depth and isinstance(value, (list, tuple)):
        return "[" + ",".join(_render(item, depth - 1) for item in value) + "]"
    return _text(type(value).__name__)


def _number(value: float) -> str:
    if value != value:  # noqa: PLR0124 - the one number that is not itself
        return '"NaN"'
    if value in (float("inf"), float("-inf")):
        return '"Infinity"' if value > 0 else '"-Infinity"'
    return float.__repr__(value)


def _text(text: str) -> str:
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return '"' + "".join(map(_character, text)) + '"'


def _character(one: str) -> str:
    code = ord(one)
    if one in _SHORT:
        return _SHORT[one]
    if 0x20 <= code < 0x7F:
        return one
    if code > 0xFFFF:
        code -= 0x10000
        return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
    return f"\\u{code:04x}"
