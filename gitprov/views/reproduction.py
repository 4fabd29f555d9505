"""What `git prov reproduce` shows: what it would do, for somebody to agree to, and what came of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from gitprov.model.reproduction import Proposal, Read, Reproduced
from gitprov.model.words import size
from gitprov.views import units
from gitprov.views.replication import causes, metrics, outputs, wrapped
from gitprov.views.style import paint, width, wrap

_LABEL: Final = 13
_MOST: Final = 12
_CAUSES: Final = 5
_VERDICTS: Final = {"identical": "green", "within-tolerance": "green"}
_WARNING: Final = "This is somebody's program: it can do here whatever you can."
_HINTS: Final = {
    "the recorded file is not at hand": (
        "With the recorded bytes at hand, it could be said what differs. Whoever recorded the run can share them:"
        " git prov run --keep, then git prov data push."
    ),
    "nothing but how long something took": (
        "To leave out a file that says how long things took: --tolerance PATH=any, or for everybody under [tolerance]"
        " in .gitprov.toml."
    ),
}
"""What to do about an output of which that is said."""

Fields = Mapping[str, Any]


def proposal(told: Proposal, *, columns: int, colour: bool) -> str:
    """Return what would be done, a label and lines for each thing there is to know before one says yes."""
    lines = [paint(f"Reproduce run {units.short(told.run)}", "bold", colour=colour), ""]
    lines += [f"    {line}" for line in wrap(units.line(told.command), columns - 4)] + [""]
    for label, paragraphs in _rows(told):
        lines += _laid_out(label, paragraphs, columns, colour=colour)
    if not told.impossible and not told.sandbox:
        lines += ["", paint(_WARNING, "bold", colour=colour)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _rows(told: Proposal) -> Iterator[tuple[str, list[str]]]:
    outside = "the sandbox keeps it from there" if told.sandbox else "outside of its place, what is there may change"
    subject = f" {units.line(told.subject)}" if told.subject else ""
    rows: tuple[tuple[str, list[str]], ...] = (
        ("Recorded by", [f"{units.line(told.by)}, {units.when(told.at)}", told.signature]),
        ("Code", [f"{told.commit[:12]}{subject}"] if told.commit else []),
        ("Directory", [units.line(told.cwd)] if told.cwd != "." else []),
        ("Reads", _some(map(_read, told.reads))),
        ("Writes", _some(map(units.line, told.writes))),
        ("Outside", _some(f"{units.line(path)}: {outside}" for path in told.outside)),
        ("Software", list(map(units.line, told.environment))),
        ("Sets", _some(f"{units.line(name)}={units.line(value)}" for name, value in told.sets)),
        ("Sandbox", [told.sandbox] if told.sandbox else []),
        ("Place", [f"{units.line(told.place)}, which stays"] if told.place else []),
        ("Seen as", [f"{units.line(told.shown_at)}: what is there now, it does not see"] if told.shown_at else []),
        ("Refused", _some(map(units.line, told.refused))),
        ("Not as then", _some(f"{units.line(what)}: {units.line(means)}" for what, means in told.gaps)),
        ("Impossible", [units.line(why) for why in told.impossible]),
    )
    yield from ((label, lines) for label, lines in rows if lines)


def _read(one: Read) -> str:
    where = one.where or f"nowhere here: {one.reason}"
    return f"{units.line(one.path)} ({size(one.size)}, {units.line(where)})"


def report(done: Reproduced, *, columns: int, colour: bool) -> str:
    """Return the verdict, what was compared, and what most likely made a difference."""
    record = done.replication
    word = paint(record["verdict"], _VERDICTS.get(record["verdict"], "red"), colour=colour)
    lines = list(wrapped(f"{word}: ", record.get("reason", ""), columns, before=len(record["verdict"]) + 2))
    lines += _section("Outputs", outputs(record, columns), colour=colour)
    lines += _section("Metrics", metrics(record.get("metric", ()), columns), colour=colour)
    title = "Likely causes, the likeliest first" if not done.stands else "What else was different"
    lines += _section(title, causes(record.get("deviation", ()), columns), colour=colour)
    for words, hint in _HINTS.items():
        if any(one.get("note", "").endswith(words) for one in record.get("output", ())):
            lines += ["", *wrap(hint, columns)]
    if done.place:
        lines += ["", f"It was run in {units.line(done.place)}, which stays."]
    lines += ["", f"Recorded as replication {units.short(record['id'])} of run {units.short(record['run'])}."]
    return "\n".join(lines) + "\n"


def _section(title: str, lines: Sequence[str], *, colour: bool) -> list[str]:
    return ["", paint(title, "bold", colour=colour), *(f"  {line}" for line in lines)] if lines else []


def _some(lines: Iterable[str]) -> list[str]:
    every = list(lines)
    return [*every[:_MOST], f"and {len(every) - _MOST} more"] if len(every) > _MOST else every


def _laid_out(label: str, paragraphs: list[str], columns: int, *, colour: bool) -> Iterator[str]:
    shown = paint(label, "bold", colour=colour) + " " * max(_LABEL - width(label), 1)
    for line in (line for paragraph in paragraphs for line in wrap(paragraph, columns - _LABEL)):
        yield shown + line
        shown = " " * _LABEL
