"""Reading: the union of all logs, by record id. There is nothing to merge and nothing to conflict.

What came from elsewhere is untrusted: a record that breaks a rule is named among the problems and left out, and
reading goes on.
"""

from collections.abc import Iterable
from typing import NamedTuple

from gitprov.errors import GitFailed, InvalidRecord
from gitprov.gitrepo.read import history
from gitprov.gitrepo.refs import Ref, list_refs
from gitprov.gitrepo.repo import Repo
from gitprov.model.records import parse
from gitprov.model.results import Problem, Stored
from gitprov.model.stamp import order
from gitprov.model.text import single_line
from gitprov.model.wire import LINE_LIMIT
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
            problems.append(Problem(shown, f"names a {ref.kind}, not a commit", ""))
        else:
            found[ref.name] = ref.oid
    return Logs(found, problems)


def read(repo: Repo) -> Union:
    """Every record of every log, by time and id."""
    found = logs(list_refs(repo.git, *READ_PREFIXES))
    own, others, broken = _walk(repo, found)
    union = load(repo, [*own, *others], own=frozenset(own))
    return Union(union.stored, [*found.problems, *broken, *union.problems])


def load(repo: Repo, commits: Iterable[str], own: frozenset[str] = frozenset()) -> Union:
    """The records in these commits. Of two with the same id, our own stands, else the one git would name first."""
    by_id: dict[str, Stored] = {}
    problems = []
    for item in repo.bulk().many(commits, _COMMIT_LIMIT):
        try:
            if item.kind != "commit":
                raise InvalidRecord(f"is a {item.kind}, not a commit")
            if not item.data:
                raise InvalidRecord(f"has {item.size} bytes, more than the {LINE_LIMIT} a record may have")
            line = codec.json_line(item.data)
            if not line:
                continue
            record = parse(line)
        except InvalidRecord as error:
            problems.append(Problem(f"record in commit {item.oid[:12]}", error.message, _first_line(item.data)))
            continue
        new = Stored(record.id, record.kind, record, line, item.oid, record.at)
        old = by_id.get(new.id)
        if old is not None and old.raw != new.raw:
            ranked = sorted((old, new), key=lambda stored: (stored.commit not in own, stored.commit))
            new, other = ranked
            problems.append(
                Problem(f"record in commit {other.commit[:12]}", f"has the id {new.id[:7]} of another record", "")
            )
        by_id[new.id] = new if old is None or old.raw != new.raw else old
    ordered = sorted(by_id.values(), key=lambda stored: order(stored.at, stored.id))
    return Union(ordered, problems)


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
