"""What the verbs of `git prov data` answer, for people: a line a thing, what to do about it below."""

from collections.abc import Sequence
from typing import Final

from gitprov.model import data
from gitprov.model.data import Added, Compared, Fetched, Held, Moved, Pointed, Pushed, Verified
from gitprov.model.words import size
from gitprov.views import units
from gitprov.views.columns import aligned
from gitprov.views.style import paint

_STYLES: Final = {
    data.SAME: "green",
    data.CHANGED: "yellow",
    data.MISSING: "red",
    data.NEW: "cyan",
    data.UNREADABLE: "red",
}
_WORDS: Final = {data.UNREADABLE: "cannot be read"}
_DIGITS: Final = 10
_SHOWN: Final = 10
"""The most files named below one directory, and damages of one place; the others are counted."""


def added(answer: Sequence[Added]) -> str:
    """Return a line for each path that was added."""
    return "".join(f"{_added(one)}\n" for one in answer)


def status(answer: Sequence[Compared], *, columns: int | None, colour: bool) -> str:
    """Return a line for each path, and below it what has changed inside; "" for none."""
    rows = [(_state(one.state), units.line(one.path), _since(one)) for one in answer]
    styles = {0: [_STYLES[one.state] for one in answer]}
    lines = aligned(rows, columns=columns, elastic=1, styles=styles, colour=colour)
    return "".join(f"{line}\n{_inside(one, colour=colour)}" for line, one in zip(lines, answer, strict=True))


def fetched(answer: Sequence[Fetched]) -> str:
    """Return a line for each path that was asked for."""
    return "".join(f"{_fetched(one)}\n{_withheld(one)}" for one in answer)


def pushed(answer: Sequence[Pushed]) -> str:
    """Return what became of a push, a line for each remote, and below it each thing that could not be sent."""
    return "".join(f"{_pushed(one)}\n{_unsent(one)}" for one in answer)


def verified(answer: Sequence[Verified], *, colour: bool) -> str:
    """Return a line for each place that was read, and below it each thing that is not as it should be."""
    return "".join(_verified(one, colour=colour) for one in answer)


def listed(answer: Sequence[Pointed], *, columns: int | None, colour: bool) -> str:
    """Return a header and a line for each digest; "" for none."""
    if not answer:
        return ""
    rows = [("digest", "size", "files", "path", "copies")]
    rows += [
        (
            short(one.digest),
            size(one.size),
            f"{one.files:,}",
            units.line(", ".join(one.paths)) or "-",
            units.line(", ".join(one.copies)) or "nowhere known",
        )
        for one in answer
    ]
    styles = {place: ["bold", *(style for _ in answer)] for place, style in enumerate(("yellow", "", "", "", ""))}
    lines = aligned(rows, columns=columns, elastic=3, right=(1, 2), styles=styles, colour=colour)
    return "\n".join(lines) + "\n"


def held(answer: Sequence[Held], *, columns: int | None) -> str:
    """Return a line for each place that holds bytes."""
    rows = [
        (units.line(one.place), _count(one.files, "file"), size(one.size), units.line(one.detail)) for one in answer
    ]
    return "".join(f"{line}\n" for line in aligned(rows, columns=columns, elastic=3, right=(1, 2)))


def remotes(answer: Sequence[tuple[str, str, bool]], *, columns: int | None) -> str:
    """Return a line for each data remote, given by name, URL and whether it is the default."""
    rows = [(units.line(name), units.line(url), "default" if default else "") for name, url, default in answer]
    return "".join(f"{line}\n" for line in aligned(rows, columns=columns, elastic=1))


def moved(answer: Sequence[Moved]) -> str:
    """Return a line for each address that copies have left."""
    return "".join(f"{_moved(one)}\n" for one in answer)


def short(digest: str) -> str:
    """Return a digest as people are shown it, and can type it."""
    scheme, _, digits = digest.partition(":")
    return units.line(f"{scheme}:{digits[:_DIGITS]}")


def _added(one: Added) -> str:
    path = units.line(one.path)
    if not one.news:
        return f"{path}: nothing new, {short(one.digest)} was added before"
    what = f"{_count(one.files, 'file')}, {size(one.size)}" if one.kind == "directory" else size(one.size)
    where = "kept in the store" if one.kept else "not kept"
    if one.locations:
        elsewhere = units.line(", ".join(one.locations))
        where = f"kept in the store but for what is in {elsewhere}" if one.kept else f"not copied, it is in {elsewhere}"
    return f"{path}: {what}, {short(one.digest)}, {where}"


def _since(one: Compared) -> str:
    said = []
    if one.counts:
        said += [f"{count:,} {_state(state)}" for state, count in one.counts.items() if count]
    elif one.changes and (rows := one.changes[0].rows):
        said.append(_rows(rows))
    if one.state == data.NEW:
        said.append(f"{size(one.size)}, not added and used by no run")
    elif one.state not in (data.SAME, data.UNREADABLE):
        said.append(
            f"since {'it was added' if one.source == 'added' else f'run {units.line(units.short(one.source))}'}"
        )
    return ", ".join(said)


def _state(state: str) -> str:
    return _WORDS.get(state, state)


def _rows(rows: data.Rows) -> str:
    said = [f"{_count(rows.added, 'row')} added"] if rows.added else []
    said += [f"{_count(rows.removed, 'row')} removed"] if rows.removed else []
    return ", ".join(said) or "same rows in another order"


def _inside(one: Compared, *, colour: bool) -> str:
    """The files of a directory that are not as they were."""
    if not one.counts:
        return ""
    lines = [
        f"    {paint(f'{_state(change.state):8}', _STYLES[change.state], colour=colour)} {units.line(change.path)}"
        + (f" ({_rows(change.rows)})" if change.rows else "")
        for change in one.changes[:_SHOWN]
    ]
    more = sum(one.counts.values()) - len(lines)
    if more > 0:
        lines.append(f"    and {more:,} more")
    return "".join(f"{line}\n" for line in lines)


def _pushed(one: Pushed) -> str:
    if not one.sent:
        had = f"has all {_count(one.had, 'file')}" if one.had else "nothing to send"
        return f"{units.line(one.remote)}: {had}"
    had = f", {_count(one.had, 'file')} there before" if one.had else ""
    return f"{units.line(one.remote)}: {_count(one.sent, 'file')}, {size(one.size)} sent{had}"


def _unsent(one: Pushed) -> str:
    lines = [f"    {_fetched(missing)}" for missing in one.missing[:_SHOWN]]
    if len(one.missing) > _SHOWN:
        lines.append(f"    and {len(one.missing) - _SHOWN} more could not be sent")
    return "".join(f"{line}\n" for line in lines)


def _fetched(one: Fetched) -> str:
    path = units.line(one.path) or short(one.digest)
    if one.state == data.MISSING:
        return f"{path}: {units.line(one.reason)}"
    what = f"{_count(one.files, 'file')}, {size(one.size)}" if one.files != 1 else size(one.size)
    if one.state == data.SAME:
        return f"{path}: {what}, there already"
    return f"{path}: {what}, from {units.line(', '.join(one.sources))}" if one.sources else f"{path}: {what}"


def _withheld(one: Fetched) -> str:
    """Name the first files that did not come."""
    lines = [f"    missing  {units.line(path)}" for path in one.missing[:_SHOWN] if path != one.path]
    if len(one.missing) > _SHOWN:
        lines.append(f"    and {len(one.missing) - _SHOWN} more missing")
    lines += [f"    left out  {units.line(path)} {units.line(reason)}" for path, reason in one.left_out[:_SHOWN]]
    if len(one.left_out) > _SHOWN:
        lines.append(f"    and {len(one.left_out) - _SHOWN} more left out")
    if one.state == data.MISSING and 0 < len(one.missing) < one.files:
        lines.append("    nothing of it was written; bring the rest of it: --partial")
    elif one.missing:
        lines[:0] = [f"    {units.line(one.reason)}"] if one.state != data.MISSING else []
    return "".join(f"{line}\n" for line in lines)


def _moved(one: Moved) -> str:
    where = f"{units.line(one.old)} -> {units.line(one.new)}"
    return f"remote {units.line(one.remote)}: {where}" if one.remote else f"{where}: {_count(one.digests, 'copy')}"


def _verified(one: Verified, *, colour: bool) -> str:
    files = "" if one.files is None else f"{_count(one.files, 'file' if one.where != 'git' else 'object')}, "
    lines = [f"{units.line(one.where)}: {files}{size(one.size)} sound"]
    for wrong in one.damages[:_SHOWN]:
        where = f"{short(wrong.digest)} in {units.line(wrong.place)}" if wrong.digest else units.line(wrong.place)
        belongs = f" ({units.line(wrong.path)})" if wrong.path else ""
        lines.append(f"    {paint('damaged', 'red', colour=colour)} {where}: {units.line(wrong.reason)}{belongs}")
    if len(one.damages) > _SHOWN:
        lines.append(f"    and {len(one.damages) - _SHOWN} more damaged")
    for digest, path in one.missing[:_SHOWN]:
        lines.append(f"    {paint('missing', 'red', colour=colour)} {short(digest)} {units.line(path)}".rstrip())
    if len(one.missing) > _SHOWN:
        lines.append(f"    and {len(one.missing) - _SHOWN} more missing")
    return "".join(f"{line}\n" for line in lines)


def _count(number: int, what: str) -> str:
    many = f"{what[:-1]}ies" if what.endswith("y") else f"{what}s"
    return f"{number:,} {what if number == 1 else many}"
