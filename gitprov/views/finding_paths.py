"""The file of a finding, whose path has the form of `model.text.quote`, as formats of others name files."""

from urllib.parse import quote

from gitprov.model.text import is_clean, unquote


def as_text(path: str) -> str:
    """Return a path as the file system has it where it is text, else in its quoted form."""
    try:
        text = _bytes(path).decode()
    except UnicodeDecodeError:
        return path
    return text if is_clean(text) else path


def as_uri(path: str) -> str:
    """Return a path as a relative reference by RFC 3986: every byte that is not plain is percent-encoded."""
    return quote(_bytes(path), safe="/")


def _bytes(path: str) -> bytes:
    try:
        return unquote(path)
    except (ValueError, UnicodeEncodeError):
        return path.encode("utf-8", "backslashreplace")
