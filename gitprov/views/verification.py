"""Who vouches for records, for people and for programs."""

from collections.abc import Iterable
from typing import Any, Final

from gitprov.model import vouching
from gitprov.model.vouching import Checked, Signed, State, Verification, Voucher
from gitprov.views import units
from gitprov.views.as_json import document
from gitprov.views.columns import GAP, aligned
from gitprov.views.style import width, wrap

_Row = tuple[str, str, str]
_MORE: Final = "  "
_STYLES: Final = {vouching.GOOD: "green", vouching.VOUCHED: "green", vouching.UNSIGNED: "yellow"}


def answer(found: Verification, *, every: bool, columns: int | None, colour: bool) -> str:
    """Return a line a record, and below it one for each person who vouches for it.

    Where every record was asked about, those that are well are only counted.
    """
    shown = [one for one in found.checked if not (every and one.is_vouched_for)]
    rows = _wrapped([row for one in shown for row in _rows(one)], columns)
    styles = [_STYLES.get(row[0], "red") if row[0] else "" for row in rows]
    lines = aligned(rows, columns=None, elastic=2, styles={0: styles}, colour=colour)
    if every or len(found.checked) > 1:
        lines += [*([""] if lines else []), _counted(found.checked)]
    return "".join(f"{line}\n" for line in lines)


def _wrapped(rows: list[_Row], columns: int | None) -> list[_Row]:
    """Rows with their words on as many lines as it takes: what is said last may be that it does not count."""
    taken = sum(max((width(row[place]) for row in rows), default=0) + len(GAP) for place in (0, 1))
    room = None if columns is None else columns - taken - len(_MORE)
    lines = [(row, number, line) for row in rows for number, line in enumerate(wrap(row[2], room))]
    return [(row[0], row[1], line) if number == 0 else ("", "", _MORE + line) for row, number, line in lines]


def _rows(one: Checked) -> list[_Row]:
    word = one.state.word if one.word == vouching.VOUCHED else one.word
    words = units.line(vouching.words(word, one.state, one.by))
    if one.word == vouching.UNSIGNED:
        words += f"; vouch for it: git prov sign {units.short(one.id)}"
    rows = [(one.word, f"{one.kind} {units.short(one.id)}", words)]
    return rows + [("", "", _vouched(voucher)) for voucher in one.vouchers]


def _vouched(one: Voucher) -> str:
    words = f"{units.line(one.by)} vouches for it ({units.when(one.at)}, {units.short(one.id)})"
    if one.word == vouching.GOOD:
        return words
    return f"{words}, which does not count: {units.line(vouching.words(one.word, one.state, one.by))}"


def _counted(checked: Iterable[Checked]) -> str:
    counts: dict[str, int] = {}
    for one in checked:
        counts[one.word] = counts.get(one.word, 0) + 1
    order = [vouching.GOOD, vouching.VOUCHED]
    words = sorted(counts, key=lambda word: (order.index(word) if word in order else len(order), word))
    every = sum(counts.values())
    return f"{every} record{'' if every == 1 else 's'}: " + ", ".join(f"{counts[word]} {word}" for word in words)


def as_json(found: Verification) -> str:
    """Return `{"schema": 1, "records": [{"id", "kind", "result", "signature", "vouchers", ...}]}`."""
    return document("records", map(_plain, found.checked), found.problems)


def _plain(one: Checked) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind,
        "result": one.word,
        "by": one.by,
        "at": one.at,
        "commit": one.commit,
        "signature": signature(one.state),
        "vouchers": [
            {"id": v.id, "by": v.by, "at": v.at, "result": v.word, "signature": signature(v.state)}
            for v in one.vouchers
        ],
    }


def signature(state: State) -> dict[str, Any]:
    """Return what is found of a signature, for programs; what is empty is left out."""
    told = {"state": state.word, "format": state.format, "signer": state.signer, "key": state.key}
    return {name: value for name, value in {**told, "detail": state.detail}.items() if value}


def signed(done: Signed) -> str:
    """Return a line for each record that was signed, or had been."""
    lines = [f"signed {kind} {units.short(name)}" for kind, name in done.made]
    lines += [f"{kind} {units.short(name)} was signed by you already" for kind, name in done.passed_over]
    return "".join(f"{line}\n" for line in lines) or "nothing of yours is unsigned\n"
