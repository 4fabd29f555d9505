"""A table of runs: which of them, in which order, with which columns."""

import re
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from gitprov.api.reading import Reading, everything
from gitprov.api.reading import fields as fields_of
from gitprov.api.resolve import NONE_YET, resolve
from gitprov.api.session import Session
from gitprov.api.standings import standings
from gitprov.errors import GitFailed, NotFound, UsageError
from gitprov.gitrepo.log import walk
from gitprov.index import compare, fields
from gitprov.index.fields import Field
from gitprov.index.query import Query, parse
from gitprov.model.answers import Listing
from gitprov.model.records import Run
from gitprov.model.standing import STANDING, short
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
    known = standings(session, reading)
    runs = [known.beside(fields_of(stored)) for stored in reversed(reading.runs)]
    table = _Table(runs)
    query, within = _sort_out(options.words)
    wanted = parse(query, table.names) if query else None
    chosen = _within(session, reading, within) if within else None
    found = [run for run in runs if (chosen is None or run["id"] in chosen) and (wanted is None or wanted.matches(run))]
    if options.sort:
        found = _sorted(found, options.sort, table)
    found = found[: options.limit]
    columns = _columns(options.columns, found, table)
    return Listing(
        runs=found,
        columns=tuple(column.name for column in columns),
        rows=[tuple(_shown(column, run) for column in columns) for run in found],
        chosen=bool(options.columns),
        problems=reading.problems,
        notes=table.notes(wanted),
    )


class _Table:
    """All runs there are, and the names of their fields."""

    def __init__(self, runs: list[Values]) -> None:
        self._runs = runs
        self._names: set[str] | None = None

    def names(self) -> set[str]:
        """The names of the fields that some run has; looked for once, and only where they are needed."""
        if self._names is None:
            self._names = {name for run in self._runs for name in fields.names_in(run)}
        return self._names

    def field(self, name: str) -> Field:
        """A field that was named by itself."""
        field = fields.parse_name(name) if _NAME.fullmatch(name) else None
        if field is not None and fields.is_known(field, self.names):
            return field
        near = fields.nearest(name, self.names)
        raise UsageError(
            f"a run has no field {single_line(name, 60)!r}",
            hint=f"did you mean {near}?" if near else "fields are id, status, at, params.NAME, metrics.NAME, ...",
        )

    def notes(self, query: Query | None) -> list[str]:
        """What may be why an answer is empty: a name under `metrics` or `params` that no run has."""
        if not self._runs:
            return [f"there is no run yet; {NONE_YET}"]
        notes = []
        for field in query.fields if query else ():
            if field.parts[0] in fields.OPEN and not any(field.values(run) for run in self._runs):
                near = fields.nearest(field.name, self.names)
                meant = f"; did you mean {near}?" if near.startswith(f"{field.parts[0]}.") else ""
                notes.append(f"no run has {field.name}{meant}")
        return notes


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


def _sorted(runs: list[Values], sort: str, table: _Table) -> list[Values]:
    """Sort by a field; runs without it stand last, whichever way round."""
    field = table.field(sort.removeprefix("-"))
    keyed = [(field.first(run), run) for run in runs]
    placed = [pair for pair in keyed if compare.is_sortable(pair[0])]
    placed.sort(key=lambda pair: compare.sort_key(pair[0]), reverse=sort.startswith("-"))
    return [run for _, run in placed] + [run for value, run in keyed if not compare.is_sortable(value)]


def _columns(text: str, runs: Sequence[Values], table: _Table) -> list[Field]:
    if text:
        return [table.field(name.strip()) for name in text.split(",")]
    *before, tag = (fields.parse_name(name) for name in DEFAULT_COLUMNS)
    metrics = [Field(f"metrics.{name}", ("metrics", name)) for name in _telling_metrics(runs)]
    stands = [Field(STANDING, (STANDING,))] if any(STANDING in run for run in runs) else []
    return [*before, *stands, *metrics, tag]


def _telling_metrics(runs: Sequence[Values]) -> list[str]:
    """The metrics that tell these runs apart: those that not all have, or not with the same value."""
    values: dict[str, list[Any]] = {}
    for run in runs:
        for name, value in run.get("metrics", {}).items():
            values.setdefault(name, []).append(value)
    common = sorted(values, key=lambda name: -len(values[name]))
    return [name for name in common if len(runs) == 1 or len(values[name]) < len(runs) or len(set(values[name])) > 1]


def _shown(column: Field, run: Values) -> Any:  # noqa: ANN401 - a value of any JSON kind, or several
    if column.name == STANDING and (told := run.get(STANDING)):
        return short(told)
    return _cell(column.values(run))


def _cell(values: list[Any]) -> Any:  # noqa: ANN401 - a value of any JSON kind, or several
    return values if len(values) > 1 else next(iter(values), None)
