"""A text that is no TOML: what is wrong with it, and at which line and key, in words of people."""

import re
import tomllib
from typing import Any, Final

from gitprov.api.policy.faults import Fault, PolicyError
from gitprov.api.policy.locating import Path, Place, locate
from gitprov.api.policy.sources import Source

_SAID: Final = re.compile(r"(?P<reason>.*) \(at (?:line (?P<line>\d+), column \d+|end of document)\)", re.DOTALL)
_BOM: Final = b"\xef\xbb\xbf"
_WORDS: Final = {
    # how the parser's own words begin -> what is meant, to stand after a key
    "Cannot overwrite a value": "stands there twice",
    "Cannot declare": "stands there twice",
    "Cannot redefine namespace": "stands there twice",
    "Cannot mutate immutable namespace": "adds to a table that is complete: write all of it in one place",
    "Duplicate inline table key": "stands there twice",
    "Expected '=' after a key": "has no = after it",
    "Expected ']": "is a header without its ]",
    "Expected newline or end of document": "has something behind its value: one key a line",
    "Invalid value": "has no value of TOML: a text stands in quotes, true and false in small letters",
    "Illegal character '\\n'": "has no closing quotes on its line",
    "Unterminated string": "has no closing quotes",
    "Expected \"'": "has no closing quotes",
    "Unclosed array": "has a [ without its ]",
    "Unclosed inline table": "has a { without its }",
    "Unescaped '\\' in a string": "has a \\ that means nothing: double it, or take single quotes",
}


def parsed(source: Source) -> dict[str, Any]:
    """Return what a text says as TOML. Raises `PolicyError`."""
    if source.data.startswith(_BOM):
        raise PolicyError(source.file, [Fault((), "begins with a byte order mark: save it as UTF-8 without one", 1)])
    try:
        return tomllib.loads(source.data.decode())
    except UnicodeDecodeError as error:
        line = source.data.count(b"\n", 0, error.start) + 1
        byte = f"0x{source.data[error.start]:02x}"
        raise PolicyError(source.file, [Fault((), f"is not UTF-8: it has the byte {byte}", line)]) from None
    except RecursionError:
        place = _last(source.data.decode())
        raise PolicyError(source.file, [Fault(place.path, "is no TOML: it is nested too deeply", place.line)]) from None
    except ValueError as error:  # TOMLDecodeError, and numbers too long for Python
        raise PolicyError(source.file, [_fault(str(error), source.data.decode())]) from None


def _fault(words: str, text: str) -> Fault:
    """From the parser's words to ours; the key is the last one that was begun."""
    found = _SAID.fullmatch(words)
    reason = found["reason"] if found else words
    ours = next((said for begins, said in _WORDS.items() if reason.startswith(begins)), "")
    if not found or not found["line"]:
        place = _last(text)
    else:
        line = int(found["line"])
        place = Place(locate(text).at(line), line)
        if _key(place.path) != place.path and reason.startswith("Invalid value"):
            ours = "is a list with something in it that is no value of TOML, or without its ]"
    if place.path and ours:
        return Fault(_key(place.path), ours, place.line)
    said = text.split("\n")[place.line - 1].strip()
    return Fault(_key(place.path), f"is no TOML, {ours or reason}: {said}", place.line)


def _last(text: str) -> Place:
    """The last key of a text, as far as it can be read."""
    place = locate(text).last() or Place((), 1)
    return place._replace(path=_key(place.path))


def _key(path: Path) -> Path:
    """Of an entry of a list, the key of the list."""
    entries = (at for at, part in enumerate(path) if isinstance(part, int))
    return path[: next(entries, len(path))]
