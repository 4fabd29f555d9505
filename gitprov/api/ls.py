"""A table of runs: which of them, in which order, with which columns."""

import re
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from gitprov.api.reading import Reading, everything
from gitprov.api.reading import fields as fields_of
from gitprov.api.resolve import resolve
from gitprov.api.session import Session
from gitprov.errors import GitFailed, NotFound, UsageError
from gitprov.gitrepo.log import walk
from gitprov.index import compare, fields
from gitprov.index.fields import Field
from gitprov.index.query import Query, parse
from gitprov.model.answers import Listing
from gitprov.model.records import Run
from gitprov.model.text import single_line

DEFAULT_COLUMNS: Final = ("id", "at", "status", "commit", "command", "tag")
_RANGE: Final = re.compile(r"[^\s'\"()\[\]]*\.\.[^\s'\"()\[\]]*")
_NAME: Final = re.compile(fields.NAME)

Values = dict[str, Any]


class LsOptions(NamedTuple):
    """What a person may ask of `git prov ls`."""

    words: Sequence[str] = ()
    """A query, and `A..B` or a commit, in any order."""
    sort: str = ""
    """A field to sort by, smallest first; with `-` before it, greatest first. "" is by time, the newest first."""
    columns: str = ""
    """Field names, separated by commas; "" for those that matter most."""
    limit: int | None = None


def ls(session: Session, options: LsOptions) -> Listing:
    """Return the runs asked for. Raises `UsageError` for a query or field that cannot be, `NotFound` for a range."""
    reading = everything(session)
    runs = [fields_of(stored) for stored in reversed(reading.runs)]
    present = {name for run in runs for name in fields.names_in(run)}
    query, within = _sort_out(options.words)
    wanted = parse(query, present) if query else None
    if within:
        chosen = _within(session, reading, within)
        runs = [run for run in runs if run["id"] in chosen]
    if wanted is not None:
        runs = [run for run in runs if wanted.matches(run)]
    if options.sort:
        runs = _sorted(runs, options.sort, present)
    runs = runs[: options.limit]
    columns = _columns(options.columns, runs, present)
    rows = [tuple(column.first(run) if column.name != "tag" else _tags(run) for column in columns) for run in runs]
    names = tuple(column.name for column in columns)
    return Listing(runs, names, rows, bool(options.columns), reading.problems, _notes(reading, wanted, present))


def _sort_out(words: Sequence[str]) -> tuple[str, str]:
    """Return the query and the range among the words. A single plain word that is no field is a commit's name."""
    ranges = [word for word in words if _RANGE.fullmatch(word)]
    rest = [word for word in words if word not in ranges]
    if len(rest) == 1 and not ranges and _names_a_commit(rest[0]):
        return "", rest[0]
    if len(ranges) > 1:
        raise UsageError(f"more than one range: {', '.join(ranges)}", hint="name one, as A..B")
    return " ".join(rest), "".join(ranges)


def _names_a_commit(word: str) -> bool:
    if _NAME.fullmatch(word):
        return not fields.is_known(fields.parse_name(word))
    return re.search(r"[\s'\"()\[\]<>=!]", word) is None


def _within(session: Session, reading: Reading, within: str) -> set[str]:
    """The runs on the commits of a range, exact, on the same tree or with uncommitted changes; or those of a commit."""
    if ".." not in within:
        return {match.stored.id for match in resolve(session, reading, within)}
    try:
        commits = walk(session.repo, ["--end-of-options", within, "--"])
    except GitFailed:
        raise NotFound(f"{single_line(within, 80)} is no range of commits here", hint="name it as A..B") from None
    places = {oid for commit in commits for oid in commit}
    return {
        stored.id
        for stored in reading.runs
        if isinstance(stored.record, Run)
        and (code := stored.record.code) is not None
        and not places.isdisjoint({code.commit, code.tree, code.base})
    }


def _sorted(runs: list[Values], sort: str, present: set[str]) -> list[Values]:
    """Sort by a field; runs without it stand last, whichever way round."""
    field = _field(sort.removeprefix("-"), present)
    keyed = [(field.first(run), run) for run in runs]
    placed = [pair for pair in keyed if compare.is_sortable(pair[0])]
    placed.sort(key=lambda pair: compare.sort_key(pair[0]), reverse=sort.startswith("-"))
    return [run for _, run in placed] + [run for value, run in keyed if not compare.is_sortable(value)]


def _columns(text: str, runs: Sequence[Values], present: set[str]) -> list[Field]:
    if text:
        return [_field(name.strip(), present) for name in text.split(",")]
    *before, tag = (fields.parse_name(name) for name in DEFAULT_COLUMNS)
    return [*before, *(Field(f"metrics.{name}", ("metrics", name)) for name in _telling_metrics(runs)), tag]


def _telling_metrics(runs: Sequence[Values]) -> list[str]:
    """The metrics that tell these runs apart: those that not all have, or not with the same value."""
    values: dict[str, list[Any]] = {}
    for run in runs:
        for name, value in run.get("metrics", {}).items():
            values.setdefault(name, []).append(value)
    common = sorted(values, key=lambda name: -len(values[name]))
    return [name for name in common if len(runs) == 1 or len(values[name]) < len(runs) or len(set(values[name])) > 1]


def _tags(run: Values) -> str | None:
    return " ".join(run["tags"]) if run.get("tags") else None


def _field(name: str, present: set[str]) -> Field:
    field = fields.parse_name(name) if _NAME.fullmatch(name) else None
    if field is not None and fields.is_known(field, present):
        return field
    near = fields.nearest(name, present)
    hint = f"did you mean {near}?" if near else "fields are id, status, at, command, params.NAME, metrics.NAME, ..."
    raise UsageError(f"a run has no field {single_line(name, 60)!r}", hint=hint)


def _notes(reading: Reading, query: Query | None, present: set[str]) -> list[str]:
    """What may be why an answer is empty: a name under `metrics` or `params` that no run has."""
    if not reading.runs:
        return ["there is no run yet; record one: git prov run -- COMMAND"]
    notes = []
    for name in query.fields if query else ():
        if name not in present and name.partition(".")[0] in fields.OPEN:
            near = fields.nearest(name, present)
            notes.append(f"no run has {name}" + (f"; did you mean {near}?" if near else ""))
    return notes
