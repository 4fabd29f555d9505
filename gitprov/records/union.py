"""Reading: the union of all logs, by record id. There is nothing to merge and nothing to conflict.

What came from elsewhere is untrusted: a record that breaks a rule is named among the problems and left out, and
reading goes on.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from gitprov.errors import GitFailed, InvalidRecord
from gitprov.gitrepo.read import CatFile, history
from gitprov.gitrepo.reader import GitObject
from gitprov.gitrepo.refs import MISSING, Ref, list_refs
from gitprov.gitrepo.repo import Repo
from gitprov.model.ids import ABBREV
from gitprov.model.limits import LINE_LIMIT
from gitprov.model.records import parse
from gitprov.model.results import Problem
from gitprov.model.stamp import order
from gitprov.model.stored import Stored
from gitprov.model.text import single_line
from gitprov.records import codec
from gitprov.records.about import about
from gitprov.records.layout import KEPT, LOGS, READ_PREFIXES, parse_log_ref

_COMMIT_LIMIT = LINE_LIMIT + 16384
"""A record, its summary line and the commit's own lines, signatures included."""


class Union(NamedTuple):
    """Every record that can be read, oldest first, and what could not."""

    stored: list[Stored]
    problems: list[Problem]


class Logs(NamedTuple):
    """The refs records are read from: tips by ref name."""

    tips: dict[str, str]
    problems: list[Problem]

    def by_rank(self) -> list[list[str]]:
        """The tips of logs this clone writes, of what it has kept of others, and of all others."""
        return [[oid for ref, oid in self.tips.items() if _rank(ref) == rank] for rank in range(3)]


def logs(refs: Iterable[Ref]) -> Logs:
    """Pick the logs out of a list of refs; what looks like one and cannot be is a problem."""
    found, problems = {}, []
    for ref in refs:
        if "/log/" not in ref.name:
            continue
        shown = single_line(ref.name, 120)
        if parse_log_ref(ref.name) is None:
            problems.append(Problem(shown, "is not the name of a writer's log", ""))
        elif ref.kind != "commit":
            what = "an object that is not here" if ref.kind == MISSING else f"a {ref.kind}, not a commit"
            problems.append(Problem(shown, f"names {what}", ""))
        else:
            found[ref.name] = ref.oid
    return Logs(found, problems)


def read(repo: Repo, refs: Iterable[Ref] | None = None, paths: Iterable[str] | None = None) -> Union:
    """Every record of every log, by time and id; of those logs alone that are among `refs`, where they are given.

    With `paths`, in the form of records, those about them and what people said of these, see `records.about`.
    """
    found = logs(list_refs(repo.git, *READ_PREFIXES) if refs is None else refs)
    groups, broken = _walk(repo, found)
    union = load(repo, *groups, paths=paths)
    return Union(union.stored, [*found.problems, *broken, *union.problems])


def load(repo: Repo, *groups: Iterable[str], paths: Iterable[str] | None = None) -> Union:
    """The records in these commits. Of those with the same id, that of the first group stands, in a group the lowest.

    The lowest commit, that is: so that all who have the same see the same. For `paths` see `read`.
    """
    rank = {commit: place for place, commits in reversed([*enumerate(groups)]) for commit in commits}
    wanted = dict.fromkeys(rank)
    lines: list[tuple[GitObject, bytes]] = []
    problems = []
    for item in _objects(repo, list(wanted)):
        del wanted[item.oid]
        try:
            if line := _line(item):
                lines.append((item, line))
        except InvalidRecord as error:
            problems.append(Problem(_place(item.oid), error.message, _first_line(item.data)))
    if paths is not None:
        lines = [lines[at] for at in about([line for _, line in lines], paths)]
    found: dict[str, list[Stored]] = {}
    for item, line in lines:
        try:
            record = parse(line)
        except InvalidRecord as error:
            problems.append(Problem(_place(item.oid), error.message, _first_line(item.data)))
            continue
        stored = Stored(record.id, record.kind, record, line, item.oid, record.at)
        found.setdefault(stored.id or stored.commit, []).append(stored)  # a newer schema may name itself otherwise
    problems += (Problem(_place(oid), "is missing or damaged", "") for oid in wanted)
    standing, taken = _sorted_out(found, rank)
    return Union(standing, [*problems, *taken])


def _sorted_out(found: Mapping[str, list[Stored]], rank: Mapping[str, int]) -> tuple[list[Stored], list[Problem]]:
    """Of the records of each id the one that stands, and those that say otherwise under the same id."""
    standing, problems = [], []
    for same in found.values():
        one, *others = sorted(same, key=lambda stored: (rank[stored.commit], stored.commit))
        standing.append(one)
        taken = f"has the id {one.id[:ABBREV]} of another record"
        problems += [Problem(_place(other.commit), taken, "") for other in others if other.raw != one.raw]
    return sorted(standing, key=lambda stored: order(stored.at, stored.id)), problems


def _objects(repo: Repo, oids: list[str]) -> Iterator[GitObject]:
    """The objects, read by git itself.

    For commits it is as quick as libgit2 without the import, and it comes back from an object that a loss of power has
    cut short, where libgit2 loops for ever.
    """
    reader = CatFile(repo)
    try:
        yield from reader.many(oids, _COMMIT_LIMIT)
    finally:
        reader.close()


def _line(item: GitObject) -> bytes:
    """The line of the record in a commit, empty where it only gathers logs. Raises `InvalidRecord`."""
    if item.kind != "commit":
        raise InvalidRecord(f"is a {item.kind}, not a commit")
    if not item.data:
        raise InvalidRecord(f"has {item.size} bytes, more than the {LINE_LIMIT} a record may have")
    return codec.json_line(item.data)


def _place(commit: str) -> str:
    return f"record in commit {commit[:12]}"


def _walk(repo: Repo, found: Logs) -> tuple[list[list[str]], list[Problem]]:
    """The commits of our own logs, of what was kept, and of the others; what one broken log holds is left out.

    What was kept of a log that was rewritten was here first: what took its place does not stand before it.
    """
    tips = found.by_rank()
    try:
        return [
            history(repo, one, hide=[oid for before in tips[:at] for oid in before]) for at, one in enumerate(tips)
        ], []
    except GitFailed:
        pass
    groups: list[list[str]] = [[] for _ in tips]
    problems = []
    for ref, oid in found.tips.items():
        try:
            groups[_rank(ref)] += history(repo, [oid])
        except GitFailed as error:
            problems.append(Problem(single_line(ref, 120), "cannot be read whole", single_line(error.stderr, 200)))
    return groups, problems


def _rank(ref: str) -> int:
    """How far behind the records of a log stand where others have the same id."""
    return next((rank for rank, above in enumerate((LOGS, KEPT)) if ref.startswith(above)), 2)


def _first_line(commit: bytes) -> str:
    words = commit.partition(b"\n\n")[2].partition(b"\n")[0]
    return single_line(words.decode("utf-8", "backslashreplace"), 80)
