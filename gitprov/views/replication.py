"""What a replication record says, as lines: outputs, metrics, what was different to begin with."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from gitprov.model.words import number
from gitprov.views import units
from gitprov.views.style import cut, width, wrap

_MOST: Final = 12
_CAUSES: Final = 5

Fields = Mapping[str, Any]


def outputs(record: Fields, columns: int) -> list[str]:
    """Return the outputs that are not the same, then how many are."""
    told = record.get("output", ())
    others = [one for one in told if one.get("outcome") != "same"]
    room = max((width(str(one.get("outcome", ""))) for one in others), default=0)
    lines = [
        line
        for one in others[:_MOST]
        for line in wrapped(f"{one.get('outcome', ''):<{room}}  ", _output(one), columns - 2)
    ]
    if more := len(others) - _MOST:
        lines += [f"and {more} more that are not the same"] if more > 0 else []
    same = record.get("compared", {}).get("outputs", len(told)) - len(others)
    return [*lines, f"{same} the same: {cut(_names(told), columns - 20)}"] if same > 0 else lines


def _names(told: Iterable[Fields]) -> str:
    return ", ".join(units.line(one["path"]) for one in told if one.get("outcome") == "same")


def _output(one: Fields) -> str:
    said = one.get("note") or ", ".join(one.get("noise", ()))
    return f"{units.line(one['path'])}{': ' if said else ''}{units.line(said)}"


def metrics(told: Sequence[Fields], columns: int) -> list[str]:
    """Return a table of what was and what is: name, before, after, what was allowed or is to be said."""
    cells = [
        (units.line(one["name"], 40), _value(one, "before"), _value(one, "after"), _allowed(one))
        for one in told[:_MOST]
    ]
    if not cells:
        return []
    widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
    lines = [
        cut(
            "  ".join(
                (
                    name + " " * (widths[0] - width(name)),
                    before.rjust(widths[1]),
                    after.rjust(widths[2]),
                    said,
                )
            ).rstrip(),
            columns - 2,
        )
        for name, before, after, said in cells
    ]
    return [*lines, f"and {len(told) - _MOST} more"] if len(told) > _MOST else lines


def _value(one: Fields, name: str) -> str:
    return number(one[name]) if name in one else "-"


def _allowed(one: Fields) -> str:
    if one.get("before") == one.get("after"):
        return str(one.get("note") or "same")
    word = "within" if one.get("within") else "beyond"
    return f"{word} {one['tolerance']}" if one.get("tolerance") else str(one.get("note", ""))


def causes(told: Sequence[Fields], columns: int) -> list[str]:
    """Return what was different, the likeliest cause first."""
    lines = [
        line
        for place, one in enumerate(told[:_CAUSES], start=1)
        for line in wrapped(f"{place}. ", units.line(one["what"]), columns - 2)
    ]
    return [*lines, f"and {len(told) - _CAUSES} more: git prov show"] if len(told) > _CAUSES else lines


def wrapped(head: str, text: str, columns: int, *, before: int = 0) -> Iterator[str]:
    """Yield a text behind its head, the further lines below its beginning."""
    indent = before or width(head)
    for line in wrap(units.line(text), columns - indent):
        yield f"{head}{line}".rstrip()
        head = " " * indent
