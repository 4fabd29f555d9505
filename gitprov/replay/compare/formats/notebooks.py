"""Jupyter notebooks: code and outputs, without identifiers, counters and times."""

import base64
import json
from collections.abc import Mapping
from typing import Any, Final

from gitprov.replay.compare.formats import lines, markup, values
from gitprov.replay.compare.outcome import Unreadable
from gitprov.replay.compare.source import Source, from_bytes
from gitprov.replay.compare.tally import Tally

_NOISE: Final = {"execution_count": "execution counts", "prompt_number": "execution counts", "id": "cell ids"}
_SOURCES: Final = ("source", "input")
_PICTURES: Final = {"image/png": "png", "image/jpeg": "jpg"}
_MARKUP: Final = ("text/html", "image/svg+xml")


def notebook(before: Source, after: Source, tally: Tally) -> None:
    """Compare two notebooks, cell by cell."""
    mine, its = _cells(before), _cells(after)
    if len(mine) != len(its):
        tally.says(f"{len(its)} cells, {len(mine)} are recorded")
    for number, (one, other) in enumerate(zip(mine, its, strict=False), 1):
        _cell(f"cell {number}", one, other, tally)
    if tally.outcome().grade == "same":
        tally.noise("metadata of the notebook")


def _cell(where: str, before: Mapping[str, Any], after: Mapping[str, Any], tally: Tally) -> None:
    _name_noise(before, after, tally)
    if before.get("cell_type") != after.get("cell_type"):
        tally.says(f"{where} is {after.get('cell_type')}, {before.get('cell_type')} is recorded")
        return
    for name in _SOURCES:
        _text(where, _joined(before.get(name, "")), _joined(after.get(name, "")), tally)
    mine, its = _merged(before.get("outputs")), _merged(after.get("outputs"))
    if len(mine) != len(its):
        tally.says(f"{where} has {len(its)} outputs, {len(mine)} are recorded")
    for number, (one, other) in enumerate(zip(mine, its, strict=False), 1):
        _output(f"{where}, output {number}", one, other, tally)


def _output(where: str, before: Mapping[str, Any], after: Mapping[str, Any], tally: Tally) -> None:
    _name_noise(before, after, tally)
    for name in ("output_type", "name", "ename", "evalue"):
        if before.get(name) != after.get(name):
            tally.differs(f"{where}, {name}", before.get(name), after.get(name))
            return
    _text(where, _joined(before.get("text", "")), _joined(after.get("text", "")), tally)
    mine, its = _table(before.get("data")), _table(after.get("data"))
    if mine.keys() != its.keys():
        tally.says(f"{where} is shown as other kinds of data")
    for kind in mine.keys() & its.keys():
        _data(f"{where}, {kind}", kind, mine[kind], its[kind], tally)


def _data(where: str, kind: str, before: object, after: object, tally: Tally) -> None:
    """Compare what an output shows in one of its forms."""
    if before == after:
        return
    if kind in _PICTURES:
        one, other = (_picture(f"picture.{_PICTURES[kind]}", data) for data in (before, after))
        tally.part(where, one, other)
    elif kind in _MARKUP:
        mine, its, noise = markup.evened(_joined(before), _joined(after))
        tally.noise(*noise)
        _text(where, mine, its, tally)
    elif kind.startswith("text/") or isinstance(before, str):
        _text(where, _joined(before), _joined(after), tally)
    else:
        values.walk(before, after, tally, where)


def _text(where: str, before: str, after: str, tally: Tally) -> None:
    mine, its = before.splitlines(), after.splitlines()
    if len(mine) != len(its):
        tally.says(f"{where} has {len(its)} lines, {len(mine)} are recorded")
        return
    for number, (one, other) in enumerate(zip(mine, its, strict=True), 1):
        if one != other:
            lines.line(f"{where}, line {number}", one, other, tally)


def _name_noise(before: Mapping[str, Any], after: Mapping[str, Any], tally: Tally) -> None:
    tally.noise(*(noise for name, noise in _NOISE.items() if before.get(name) != after.get(name)))
    if "metadata" in before and before.get("metadata") != after.get("metadata"):
        tally.noise("metadata of cells")


def _cells(source: Source) -> list[Mapping[str, Any]]:
    try:
        told = json.loads(source.read())
    except (ValueError, RecursionError):
        raise Unreadable("is no notebook that can be parsed") from None
    sheets = _tables(told.get("worksheets")) or [told] if isinstance(told, dict) else []  # format 3 has worksheets
    if not sheets or not any("cells" in sheet for sheet in sheets):
        raise Unreadable("is no notebook")
    return [cell for sheet in sheets for cell in _tables(sheet.get("cells"))]


def _merged(outputs: object) -> list[Mapping[str, Any]]:
    """Return outputs with what was printed to one stream in one piece: where it is cut is a matter of timing."""
    found: list[dict[str, Any]] = []
    for output in _tables(outputs):
        last = found[-1] if found else {}
        if output.get("output_type") == "stream" == last.get("output_type") and output.get("name") == last.get("name"):
            last["text"] = _joined(last.get("text", "")) + _joined(output.get("text", ""))
        else:
            found.append(dict(output))
    return list(found)


def _picture(name: str, data: object) -> Source:
    try:
        return from_bytes(base64.b64decode(_joined(data)), name, 1)
    except ValueError:
        raise Unreadable("holds a picture that cannot be decoded") from None


def _joined(text: object) -> str:
    if isinstance(text, list):
        return "".join(line for line in text if isinstance(line, str))
    return text if isinstance(text, str) else ""


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _tables(value: object) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
