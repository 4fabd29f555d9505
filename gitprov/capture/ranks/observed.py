"""The ranks and attempts of a launch, as a record has them.

Two sources: the processes that were observed below one `git prov run` around the launcher (`observed`), and ranks
that each had a `git prov run` of their own (`told`, from `records.joint`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, NamedTuple

from gitprov.capture.ranks import launch
from gitprov.capture.ranks.launch import Attempt, Launch
from gitprov.model.stamp import stamp

_LISTED = 64
"""From more entries than this, equal ones of neighbouring ranks become one."""
_MOST = 1024
"""More entries than this are left out: a record has a limit."""
_WELL = ("ok", "ended")


class Rank(NamedTuple):
    """One process that was a rank, from its start to its end; times in seconds, of one clock."""

    rank: int
    attempt: Attempt
    status: str
    """`ok`, `failed`, `killed`, `lost`; where only the process itself was observed: `ended` in order, or `abrupt`."""
    began: float = 0.0
    ended: float | None = None
    host: str = ""
    exit: int | None = None
    signal: str = ""

    @property
    def is_well(self) -> bool:
        """Whether nothing bad is known of its end."""
        return self.status in _WELL


class Process(NamedTuple):
    """An observed Python process; times in seconds, of one clock."""

    pid: int
    ppid: int
    depth: int
    """How many observed processes it stands below."""
    argv: Sequence[str]
    launch: Mapping[str, str]
    """Those of its variables that launchers set."""
    began: float
    last: float
    """Its last sign of life."""
    in_order: bool
    """Whether it came to its end in order."""


def process_of(header: Mapping[str, Any], began: int, last: int, *, in_order: bool) -> Process | None:
    """A process by the first event it wrote, and when it wrote its first and last, in microseconds."""
    match header:
        case {"pid": int(pid), "ppid": int(ppid), "argv": list(argv), "launch": dict(variables)}:
            depth = header.get("depth")
            launched = {str(name): value for name, value in variables.items() if isinstance(value, str)}
            words = [str(word) for word in argv]
            known = depth if isinstance(depth, int) else 0
            return Process(pid, ppid, known, words, launched, began / 1e6, last / 1e6, in_order)
    return None


def observed(processes: Iterable[Process], environ: Mapping[str, str]) -> dict[str, Any]:
    """`launch`, `rank` and `attempt` of a run whose processes are these; nothing where they are no launch.

    `environ` is the wrapper's own: what it is a rank of itself, its processes are not ranks of.
    """
    own = launch.read(environ)
    placed = [(process, found) for process in processes if (found := launch.read(process.launch))]
    placed = [(process, found) for process, found in placed if not own or _place(found) != _place(own)]
    if not placed:
        return {}
    kind = min(placed, key=lambda one: (one[0].depth, one[0].began))[1].kind
    chosen = _without_helpers([(process, found) for process, found in placed if found.kind == kind])
    ranks = list(_attempts(chosen))
    world = max((found for _, found in chosen), key=lambda found: found.attempt).world
    if world < 2 and len(ranks) < 2:
        return {}
    job = next((found.job for _, found in chosen if found.job), "")
    return {"launch": about(kind, world, job), **told(ranks)}


def _place(one: Launch) -> tuple[str, int, int]:
    return one.kind, one.rank, one.world


def _without_helpers(placed: list[tuple[Process, Launch]]) -> list[tuple[Process, Launch]]:
    """The rank processes alone: what a rank starts (a data loader's workers) inherits its variables."""
    by_pid = {process.pid: (process, _of(found)) for process, found in placed}
    least: dict[object, int] = {}
    for process, found in placed:
        least[_of(found)] = min(process.depth, least.get(_of(found), process.depth))
    return [
        (process, found)
        for process, found in placed
        if process.depth == least[_of(found)] and by_pid.get(process.ppid, (None, None))[1] != _of(found)
    ]


def _of(found: Launch) -> tuple[int, Attempt]:
    return found.rank, found.attempt


def _attempts(placed: list[tuple[Process, Launch]]) -> Iterator[Rank]:
    """Each rank's processes in the order of their start.

    Where the launcher does not count, the same command of the same rank that begins after the one before has ended is
    the next attempt; another command is the next step of the same one.
    """
    ordered = sorted(placed, key=lambda one: (one[1].rank, one[1].attempt, one[0].began))
    for (rank, attempt), group in groupby(ordered, key=lambda one: _of(one[1])):
        steps: list[list[Process]] = [[]]
        for process, _ in group:
            before = [earlier for earlier in steps[-1] if list(earlier.argv) == list(process.argv)]
            if before and before[-1].last <= process.began:
                steps.append([])
            steps[-1].append(process)
        for number, step in enumerate(steps):
            status = "ended" if all(process.in_order for process in step) else "abrupt"
            last = None if status == "abrupt" else max(process.last for process in step)
            yield Rank(rank, attempt._replace(restarted=attempt.restarted + number), status, step[0].began, last)


def about(kind: str, world: int, job: str = "") -> dict[str, Any]:
    """`launch` as a record has it."""
    return {"kind": kind, "world": world, **({"job": job} if job else {})}


def told(ranks: Iterable[Rank], *, clock: bool = False) -> dict[str, Any]:
    """`rank` and `attempt` as a record has them; `clock` where the ranks' times are seconds since the epoch."""
    ordered = sorted(ranks, key=lambda one: (one.attempt, one.rank, one.began))
    if not ordered:
        return {}
    earlier = sum(ordered[0].attempt)
    numbers = {attempt: number for number, attempt in enumerate(dict.fromkeys(one.attempt for one in ordered), 1)}
    entries = [_entry(one, earlier + numbers[one.attempt]) for one in ordered]
    if len(entries) > _LISTED:
        entries = list(_folded(entries))
    groups = [list(group) for _, group in groupby(ordered, key=lambda one: one.attempt)]
    attempts = [_attempt(number, group, clock=clock) for number, group in enumerate(groups, earlier + 1)]
    for one in attempts[:-1]:
        if one["status"] == "ok":  # nobody starts again what went well
            one |= {"status": "failed", "reason": "a rank was not recorded"}
    return {"rank": entries[:_MOST], "attempt": attempts[:_MOST]}


def final(ranks: Iterable[Rank], world: int) -> list[Rank]:
    """The last process of each rank there is in the end: what became of the launch."""
    last = {one.rank: one for one in sorted(ranks, key=lambda one: (one.attempt, one.began))}
    return [last[rank] for rank in sorted(last) if rank < world]


def first_to_fail(ranks: Iterable[Rank]) -> Rank | None:
    """The rank whose bad end came first: where one fails, launchers kill the others."""
    bad = [one for one in ranks if not one.is_well]
    return min(bad, key=lambda one: (one.ended is None, one.ended or 0.0, one.rank), default=None)


def reason(one: Rank) -> str:
    """Why an attempt came to nothing: `rank 2 was killed by SIGKILL`."""
    if one.signal:
        return f"rank {one.rank} was killed by {one.signal}"
    if one.exit:
        return f"rank {one.rank} ended with status {one.exit}"
    return f"rank {one.rank} ended abruptly" if one.status == "abrupt" else f"rank {one.rank} was {one.status}"


def _entry(one: Rank, number: int) -> dict[str, Any]:
    entry = {"rank": one.rank, "attempt": number, "status": one.status, "host": one.host, "signal": one.signal}
    found = {name: value for name, value in entry.items() if value != ""}
    return {**found, "exit": one.exit} if one.exit else found


def _attempt(number: int, ranks: list[Rank], *, clock: bool) -> dict[str, Any]:
    """One attempt; how long it took is known where the end of every rank is."""
    began = min(one.began for one in ranks)
    ends = [one.ended for one in ranks if one.ended is not None]
    found: dict[str, Any] = {"n": number}
    if clock:
        found["at"] = stamp(datetime.fromtimestamp(round(began, 3), UTC))
    if len(ends) == len(ranks):
        found["seconds"] = round(max(*ends, began) - began, 3)
    bad = [one for one in ranks if not one.is_well]
    first = first_to_fail(bad)
    if first is None:
        return {**found, "status": ranks[0].status}
    at_once = first.ended is None and len(bad) > 1
    words = f"{len(bad)} ranks ended abruptly, rank {first.rank} among them" if at_once else reason(first)
    return {**found, "status": first.status, "reason": words}


def _folded(entries: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Ranks that follow each other and differ in nothing else become one entry with their `count`."""
    following: dict[str, Any] = {}
    for entry in entries:
        count = following.get("count", 1)
        if following and entry == {**_without_count(following), "rank": following["rank"] + count}:
            following["count"] = count + 1
            continue
        if following:
            yield following
        following = dict(entry)
    if following:
        yield following


def _without_count(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name != "count"}
