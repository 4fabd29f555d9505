"""Reading: the union of all logs, by record id. There is nothing to merge and nothing to conflict.

What came from elsewhere is untrusted: a record that breaks a rule is named among the problems and left out, and
reading goes on.
"""

from collections.abc import Iterable, Iterator
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
from gitprov.records.layout import LOGS, READ_PREFIXES, parse_log_ref

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

    def own(self) -> list[str]:
        """The tips of logs this clone writes."""
        return [oid for ref, oid in self.tips.items() if ref.startswith(LOGS)]


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


def read(repo: Repo, refs: Iterable[Ref] | None = None) -> Union:
    """Every record of every log, by time and id; of those logs alone that are among `refs`, where they are given."""
    found = logs(list_refs(repo.git, *READ_PREFIXES) if refs is None else refs)
    own, others, broken = _walk(repo, found)
    union = load(repo, [*own, *others], own=frozenset(own))
    return Union(union.stored, [*found.problems, *broken, *union.problems])


def load(repo: Repo, commits: Iterable[str], own: frozenset[str] = frozenset()) -> Union:
    """The records in these commits. Of those with the same id, our own stands, else the one git would name first."""
    wanted = dict.fromkeys(commits)
    found: dict[str, list[Stored]] = {}
    problems = []
    for item in _objects(repo, list(wanted)):
        del wanted[item.oid]
        try:
            stored = _stored(item)
        except InvalidRecord as error:
            problems.append(Problem(_place(item.oid), error.message, _first_line(item.data)))
            continue
        if stored is not None:
            found.setdefault(stored.id or stored.commit, []).append(stored)  # a newer schema may name itself otherwise
    problems += (Problem(_place(oid), "is missing or damaged", "") for oid in wanted)
    standing = []
    for same in found.values():
        one, *others = sorted(same, key=lambda stored: (stored.commit not in own, stored.commit))
        standing.append(one)
        taken = f"has the id {one.id[:ABBREV]} of another record"
        problems += (Problem(_place(other.commit), taken, "") for other in others if other.raw != one.raw)
    return Union(sorted(standing, key=lambda stored: order(stored.at, stored.id)), problems)


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


def _stored(item: GitObject) -> Stored | None:
    """The record in a commit, `None` where it only gathers logs. Raises `InvalidRecord`."""
    if item.kind != "commit":
        raise InvalidRecord(f"is a {item.kind}, not a commit")
    if not item.data:
        raise InvalidRecord(f"has {item.size} bytes, more than the {LINE_LIMIT} a record may have")
    line = codec.json_line(item.data)
    if not line:
        return None
    record = parse(line)
    return Stored(record.id, record.kind, record, line, item.oid, record.at)


def _place(commit: str) -> str:
    return f"record in commit {commit[:12]}"


def _walk(repo: Repo, found: Logs) -> tuple[list[str], list[str], list[Problem]]:
    """The commits of our own logs and of the others; where one log is broken, the others are read without it."""
    try:
        own = history(repo, found.own())
        return own, history(repo, found.tips.values(), hide=found.own()), []
    except GitFailed:
        pass
    commits: dict[str, dict[str, None]] = {"own": {}, "others": {}}
    problems = []
    for ref, oid in found.tips.items():
        try:
            commits["own" if ref.startswith(LOGS) else "others"].update(dict.fromkeys(history(repo, [oid])))
        except GitFailed as error:
            problems.append(Problem(single_line(ref, 120), "cannot be read whole", single_line(error.stderr, 200)))
    return list(commits["own"]), list(commits["others"]), problems


def _first_line(commit: bytes) -> str:
    words = commit.partition(b"\n\n")[2].partition(b"\n")[0]
    return single_line(words.decode("utf-8", "backslashreplace"), 80)
