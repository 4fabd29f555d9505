"""Which file an SQLite database is, from the name that a program connects to."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Tuple


def parse_database(name: str) -> "Tuple[str, str]":
    """Return a database's path and mode, `""`, `"ro"` or another of SQLite's; no path where it is in memory alone.

    A name is taken for a URI by its form; see https://www.sqlite.org/uri.html.
    """
    if name in ("", ":memory:"):
        return "", ""
    if not name.startswith("file:"):
        return name, ""
    rest, _, query = name[5:].partition("#")[0].partition("?")
    options = dict(item.partition("=")[::2] for item in query.split("&"))
    if rest.startswith("//"):
        rest = "/" + rest[2:].partition("/")[2]
    path = _decoded(rest)
    if options.get("mode") == "memory" or path in ("", ":memory:"):
        return "", ""
    return path, "ro" if options.get("immutable") == "1" else options.get("mode", "")


def _decoded(text: str) -> str:
    if "%" not in text:
        return text
    from urllib.parse import unquote

    return unquote(text)
