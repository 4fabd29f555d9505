r"""Words as a shell reads them: what is printed here can be copied, run, and means the very bytes that are meant.

`model.words.command_line` is for the eye alone. Here a name that is not text, or that would make a terminal lie,
becomes `$'caf\351.json'`, as bash, zsh and POSIX.1-2024 read it.
"""

import re
from collections.abc import Iterable
from typing import Final

from gitprov.model.text import is_clean, unquote

_PLAIN: Final = re.compile(r"[A-Za-z0-9_@%+:,./=-]+")
_TO_ESCAPE: Final = re.compile(rb"[^ -&(-\[\]-~]")
_MAGIC: Final = re.compile(r"[*?\[\\]|^:")


def word(value: str | bytes) -> str:
    """Return one word for a shell. A `str` may hold bytes in Python's `surrogateescape` way."""
    data = value if isinstance(value, bytes) else value.encode("utf-8", "surrogateescape")
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return _escaped(data)
    if not is_clean(text) or "\n" in text or "\t" in text:
        return _escaped(data)
    return text if _PLAIN.fullmatch(text) else "'" + text.replace("'", "'\\''") + "'"


def command(forms: Iterable[str]) -> str:
    """Return a command whose words are in the text form that records have (`model.text.quote`)."""
    return " ".join(word(plain(form)) for form in forms)


def path(value: str | bytes) -> str:
    """Return a path for a shell, so that no program takes it for an option: `./-x`."""
    data = value if isinstance(value, bytes) else value.encode("utf-8", "surrogateescape")
    return word(b"./" + data if data.startswith(b"-") else data)


def pathspec(value: str) -> str:
    """Return a path as git takes it for that one path alone, whatever stands in its name; behind `--` if need be."""
    literal = f":(literal){value}" if _MAGIC.search(value) else value
    return f"-- {word(literal)}" if literal.startswith("-") else word(literal)


def plain(form: str) -> bytes:
    """Return the bytes that a text form stands for; of a malformed one, its own."""
    try:
        return unquote(form)
    except ValueError:
        return form.encode("utf-8", "surrogateescape")


def _escaped(data: bytes) -> str:
    return "$'" + _TO_ESCAPE.sub(lambda found: b"\\%03o" % found[0][0], data).decode("ascii") + "'"
