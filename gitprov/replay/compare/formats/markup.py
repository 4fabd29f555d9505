"""SVG, HTML, PostScript: random identifiers and dates of creation evened out, then compared as text; never parsed."""

import re
from typing import Final

from gitprov.replay.compare.formats import lines
from gitprov.replay.compare.source import Source, from_bytes
from gitprov.replay.compare.tally import Tally

_DATES: Final = (
    re.compile(r"(?m)^(%%CreationDate: ).*()$"),
    re.compile(r"(<dc:date>)[^<]{0,80}(</dc:date>)"),
    re.compile(r"(<!-- (?:Created|Generated)[^>]{0,40}?)\d{4}-\d\d-\d\d[^>]{0,80}?( ?-->)"),
    re.compile(r"(<(?:dcterms:(?:created|modified)|xmp:\w+Date|meta:creation-date)\b[^>]{0,200}>)[^<]{0,80}(</)"),
)
_GIVEN: Final = re.compile(
    r"""\b(?:id|class|name)\s*=\s*["']((?:[A-Za-z_-]{0,16}?[0-9a-f]{8,40}|T_[0-9a-f]{5})(?:_\w+)?)["']"""
    r"""|\b(?:id)\s*=\s*["']([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})["']"""
    r"""|<clipPath id="(p[0-9a-f]{10})\b"""
)
_DIGIT: Final = re.compile(r"\d")
_TEXT: Final = ("utf-8", "surrogateescape")


def markup(before: Source, after: Source, tally: Tally) -> None:
    """Compare two SVG, HTML, XML or PostScript files."""
    texts = [source.read().decode(*_TEXT) for source in (before, after)]
    mine, its, noise = evened(*texts)
    lines.text(from_bytes(mine.encode(*_TEXT), before.name), from_bytes(its.encode(*_TEXT), after.name), tally)
    tally.noise(*noise)


def evened(before: str, after: str) -> tuple[str, str, list[str]]:
    """Return both without dates of creation, identifiers that look random numbered; and what of these differs."""
    mine, found = _evened(before)
    its, also = _evened(after)
    return mine, its, [name for name in found if found[name] != also[name]]


def _evened(text: str) -> tuple[str, dict[str, list[str]]]:
    dates: list[str] = []
    for pattern in _DATES:
        dates += (match[0] for match in pattern.finditer(text))
        text = pattern.sub(r"\1<date>\2", text)
    given = [next(group for group in match.groups() if group) for match in _GIVEN.finditer(text)]
    numbers = {name: f"id-{number}" for number, name in enumerate(dict.fromkeys(filter(_DIGIT.search, given)), 1)}
    if numbers:
        # Longest first, so that no name is replaced inside another; whole names only.
        names = "|".join(re.escape(name) for name in sorted(numbers, key=len, reverse=True))
        text = re.sub(rf"(?<![\w-])(?:{names})(?!\w)", lambda match: numbers[match[0]], text)
    return text, {"creation date": dates, "random identifiers": list(numbers)}
