"""Text forms: a reversible one for the system's names, a one-way one for what people wrote.

Paths and arguments are bytes that need not be text, and text can carry control or bidirectional characters that
make a terminal lie. `quote` and `unquote` keep every byte of the first; `visible` shows the second harmlessly.
`unsafe_path` says which paths a record may not name: those that on some system reach out of the repository.
"""

import re
from typing import Final

_UNSAFE: Final = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 but tab and newline, DEL, C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidirectional controls (CVE-2021-42574, "Trojan Source")
    "\u2028\u2029"  # line and paragraph separator: a line break to some readers, none to others
    "\ud800-\udfff"  # lone surrogates: not text at all
    "]"
)
_NAMED: Final = {7: "a", 8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r", 34: '"', 92: "\\"}
_BY_NAME: Final = {name: code for code, name in _NAMED.items()}
_QUOTED: Final = re.compile(r'"(?:[^"\\]++|\\(?:[abtnvfr"\\]|[0-3][0-7]{2}))*+"')
_ESCAPE: Final = re.compile(rb"\\(?:([0-7]{3})|(.))", re.DOTALL)
_TO_ESCAPE: Final = re.compile(r"""[^ !#-\[\]-~]""")
_DRIVE: Final = re.compile(r"[A-Za-z]:")
_SEPARATOR: Final = re.compile(r"[/\\]")
_HFS_IGNORED: Final = re.compile("[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]")  # as git's utf8.c


def is_clean(text: str) -> bool:
    """Tell whether `text` may stand in a record: no control (but tab, newline) or bidirectional character."""
    return _UNSAFE.search(text) is None


def quote(value: str | bytes, *, one_line: bool = False) -> str:
    r"""Return the text form of a path or argument; `unquote` gives its bytes back.

    Plain text stays as it is. What is not UTF-8, is not clean or begins with `"` becomes what `git ls-files`
    prints for such a path: `"caf\351"`. With `one_line` so does what holds a tab or newline, for forms made of lines.
    A `str` may hold bytes in Python's `surrogateescape` way.
    """
    if isinstance(value, str):
        if _is_plain(value, one_line=one_line):
            return value
        value = _os_bytes(value)
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return _c_quoted(value)
    return text if _is_plain(text, one_line=one_line) else _c_quoted(value)


def unquote(text: str) -> bytes:
    """Return the bytes that a text form stands for; ValueError when it is malformed."""
    if not text.startswith('"'):
        return text.encode()
    if _QUOTED.fullmatch(text) is None:
        raise ValueError("not a well-formed quoted string")
    return _ESCAPE.sub(_unescaped, text[1:-1].encode())


def is_quoted_form(text: str) -> bool:
    """Tell whether `text` is what `quote` writes: each name has one form only."""
    if not text.startswith('"'):
        return is_clean(text)
    try:
        return quote(unquote(text)) == text
    except ValueError:
        return False


def visible(text: str) -> str:
    r"""Return free text with what cannot be seen written out (`\x1b`, `\u202e`); newlines and tabs stay."""
    return _UNSAFE.sub(_named, text)


def single_line(text: str, limit: int) -> str:
    r"""Return `visible(text)` on one line (`\n`, `\t` written out), cut with `…` to at most `limit` characters."""
    text = visible(text[: limit + 1]).replace("\n", r"\n").replace("\t", r"\t")
    return text if len(text) <= limit else text[: max(limit - 1, 0)] + "…"


def unsafe_path(path: str) -> str:
    """Say why a repository-relative path, in its stored text form, is refused; `""` when it is fine.

    The reason reads after the path's name: "climbs out of the repository". `.` alone is the repository itself.
    """
    if path == ".":
        return ""
    if not path:
        return "is empty"
    if not is_quoted_form(path):
        return "is not in its one quoted form"
    text = unquote(path).decode("utf-8", "surrogateescape")
    if "\0" in text:
        return "holds a NUL"
    if text[0] in "/\\":
        return "is absolute"
    if _DRIVE.match(text):
        return "begins with a drive letter"
    return _unsafe_parts(text)


def unsafe_absolute(path: str) -> str:
    """Say why a path that is marked as absolute is refused, in the same words; `""` when it is fine."""
    if not is_quoted_form(path):
        return "is not in its one quoted form"
    text = unquote(path).decode("utf-8", "surrogateescape")
    if "\0" in text:
        return "holds a NUL"
    if text[:1] not in ("/", "\\") and not re.match(r"[A-Za-z]:[/\\]", text):
        return "is marked absolute and is not"
    if ".." in _SEPARATOR.split(text):
        return "is not resolved ('..')"
    return ""


def _is_plain(text: str, *, one_line: bool) -> bool:
    return is_clean(text) and not text.startswith('"') and not (one_line and ("\n" in text or "\t" in text))


def _os_bytes(text: str) -> bytes:
    """Return the bytes the system meant; a surrogate that stands for no byte keeps a three-byte form of its own."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _c_quoted(data: bytes) -> str:
    """Return git's C-style quoting, as with `core.quotePath=true`: pure ASCII."""
    return '"' + _TO_ESCAPE.sub(_escaped, data.decode("latin-1")) + '"'


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    return "\\" + _NAMED.get(code, f"{code:03o}")


def _unescaped(match: re.Match[bytes]) -> bytes:
    octal, name = match.groups()
    return bytes([int(octal, 8) if octal else _BY_NAME[name.decode()]])


def _named(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if match[0] <= "\xff" else f"\\u{code:04x}"


def _unsafe_parts(text: str) -> str:
    if any(part in ("", ".") for part in text.split("/")):
        return "has an empty or '.' part"
    # A backslash is an ordinary character here and a separator on Windows: a part must be harmless both ways.
    for part in _SEPARATOR.split(_HFS_IGNORED.sub("", text)):
        if part.rstrip(" ") == "..":
            return "climbs out of the repository"
        if _is_dot_git(part):
            return "reaches into .git"
    return ""


def _is_dot_git(part: str) -> bool:
    """Tell whether some file system takes this name for `.git`: another case, or a form NTFS takes for it."""
    name = part.split(":", 1)[0].rstrip(" .").lower()
    return name in (".git", "git~1")
