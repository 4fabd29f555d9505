"""Ranks that each have a wrapper of their own, under torchrun, MPI or Slurm: their runs are one, recorded once.

Each rank's wrapper writes an ordinary journal and marks itself as a member of the launch. Whoever ends last puts the
parts together. Where a failed rank may be started again, that waits for the launcher to decide: the next attempt
joins, or, when the launcher is gone, the next command records what there is.
"""

import os
from typing import TYPE_CHECKING, Any

from gitprov.api.draft import Draft, file_stat, put_own_code
from gitprov.api.options import RunOptions
from gitprov.api.session import Session
from gitprov.capture.ranks import launch
from gitprov.capture.ranks.alike import alike, shape
from gitprov.capture.ranks.launch import UNKNOWN, Launch
from gitprov.gitrepo.process import Running
from gitprov.gitrepo.read import CatFile
from gitprov.gitrepo.worktree import read_status
from gitprov.model.ids import new_id
from gitprov.model.text import quote
from gitprov.records import joint, processes
from gitprov.records.joint import Member, Place
from gitprov.records.journal import Journal
from gitprov.records.layout import State
from gitprov.records.lock import writing
from gitprov.records.processes import Process

if TYPE_CHECKING:
    from gitprov.api.joined import Whole

INSIDE = "GIT_PROV_LAUNCH"
"""The launch that a rank's wrapper has joined, in the environment of what runs inside that rank."""
_CODE = "code"
_TRIES = 10


class Membership:
    """This process's part in the run of a launch."""

    def __init__(self, state: State, place: Place, member: Member, journal: Journal, name: str) -> None:
        self._state = state
        self.place = place
        self.member = member
        self.journal = journal
        """Of this rank alone; its record has the run's id, its file a name of its own."""
        self._launch = name

    @property
    def run(self) -> str:
        """The id of the run that all ranks share."""
        return self.place.run

    @property
    def name(self) -> str:
        """What this rank's own files are named by."""
        return self.member.name

    @property
    def is_first(self) -> bool:
        """Whether this is rank 0, which alone does what need not be done by all."""
        return self.member.rank == 0

    def announce(self, environ: dict[str, str]) -> None:
        """Tell what runs inside this rank that it is no rank of its own."""
        environ[INSIDE] = self._launch

    def put_code(self, draft: Draft, status: Running, reader: CatFile) -> None:
        """Put the state of the code into a draft: as the first rank found it, whatever the others have written since.

        A tracked file that changed in between is named.
        """
        first = self.place.published(_CODE)
        if not {"fields", "anchors", "missing", "marks"} <= first.keys():
            put_own_code(draft, status, reader)
            told = {"fields": draft.fields["code"], "anchors": draft.anchors, "missing": draft.missing}
            with draft.naming("code of the launch"):
                self.place.publish(_CODE, {**told, "marks": _marks(draft)}, self._state)
            return
        with draft.naming("code"):
            draft.status = read_status(status)
            draft.fields["code"], draft.anchors = first["fields"], first["anchors"]
            draft.missing += first["missing"]
            marks = _marks(draft)
            changed = sorted(name for name in {*marks, *first["marks"]} if marks.get(name) != first["marks"].get(name))
            if changed:
                rank = self.member.rank
                draft.missing.append(f"code: {quote(changed[0])} was not the same any more when rank {rank} started")

    def cancel(self) -> None:
        """The rank's command did not start."""
        self.journal.finish()
        joint.withdraw(self._state, self.place, self.member)

    def end(self, session: Session) -> "Whole | None":
        """The journal holds all of this rank's part: if it is the last, the run is recorded, and returned.

        Raises `ProvError` or `OSError` where it cannot be.
        """
        self.journal.leave()
        joint.end(self.place, self.member)
        from gitprov.api.joined import record_if_over

        return record_if_over(session, self.place)


def _marks(draft: Draft) -> dict[str, list[int] | str | None]:
    """What tells cheaply whether the code is still the same: HEAD, and what is changed in the working tree."""
    top = draft.session.repo.worktree or ""
    changed = [change.path for change in draft.status.changes if not change.untracked]
    stats = {path: file_stat(os.path.join(top, path)) for path in changed}
    return {"HEAD": draft.status.head, **{path: list(stat) if stat else None for path, stat in stats.items()}}


def join(session: Session, options: RunOptions) -> Membership | None:
    """Join the run of the launch this process is a rank of; `None` where it is none, or cannot be joined.

    A process inside a rank that is being recorded has inherited its variables, and is no rank. Nor is a command that
    a person starts in a shell with such variables.
    """
    found = launch.read(session.environ)
    if not found or not found.is_several:
        return None
    launcher = processes.nearest_without(found.variable, os.getpid())
    if found.kind == "ranks" and processes.is_persons_shell(launcher.pid):
        return None
    name = joint.name_of(_key(found, launcher))
    if session.environ.get(INSIDE) == name:
        return None
    wanted = _Wanted(session, options, found, launcher)
    try:
        with writing(session.state):
            for _ in range(_TRIES):
                if joined := _try(session, wanted, name):
                    return joined
    except OSError:
        pass
    return None


def _key(found: Launch, launcher: Process) -> str:
    """What is the same for all ranks of a launch, and for no other launch at the same time."""
    shared = found.shared or f"{processes.boot_id()} {launcher.pid} {launcher.started}"
    return f"{found.kind} {found.job} {shared}"


class _Wanted:
    """What a rank looks for, and says of itself."""

    def __init__(self, session: Session, options: RunOptions, found: Launch, launcher: Process) -> None:
        self.found = found
        self.run, self.name = new_id(session.random(16)), new_id(session.random(16))
        self._launcher = list(launcher)
        self._shape = shape(options.command)
        self._numbers = [str(found.rank), session.environ.get("LOCAL_RANK", "")]

    def about(self) -> dict[str, Any]:
        """What a place of this launch says."""
        return {"kind": self.found.kind, "job": self.found.job, "numbers": self._numbers, "shape": self._shape}

    def what(self) -> dict[str, Any]:
        """What this member says of itself."""
        told = {name: getattr(self.found, name) for name in ("world", "restarts", "counted")}
        return {**told, "local": not self.found.shared, "launcher": self._launcher, "host": os.uname().nodename}

    def at(self, session: Session, place: Place) -> tuple[Place, Member] | None:
        """This rank as a member of a place; `None` where it does not belong there."""
        member = self._member(session, place) if self._fits(place) else None
        return (place, member) if member else None

    def _fits(self, place: Place) -> bool:
        """Whether a place is for the same command."""
        try:
            return alike(self._shape, self._numbers, place.about["shape"], place.about["numbers"])
        except (KeyError, TypeError, IndexError):
            return False

    def _member(self, session: Session, place: Place) -> Member | None:
        """This rank's place among the members; `None` where that is taken: it is of another step of the launch."""
        attempt = self.found.attempt
        earlier = [one for one in place.members() if one.rank == self.found.rank]
        same = [one for one in earlier if one.requeued == attempt.requeued]
        if self.found.counted or not same:
            taken = any(one.restarted == attempt.restarted for one in same)
            return None if taken else self._as(attempt.restarted)
        last = max(same)
        left = place.left(session.state, last)
        if not left or (left.goes_on and not last.done) or left.entry.run.get("status") == "ok":
            return None
        again = self.found.restarts == UNKNOWN and left.entry.member.get("launcher") == self._launcher
        return self._as(last.restarted + 1) if again else None

    def _as(self, restarted: int) -> Member:
        return Member(self.found.rank, self.found.attempt.requeued, restarted, self.name, done=False)


def _try(session: Session, wanted: _Wanted, name: str) -> Membership | None:
    """Go to the first place that fits, or to a new one; `None` where that was closed at the last moment."""
    state = session.state
    places = [place for place in joint.places(state) if place.is_of(name)]
    found = next((at for place in places if (at := wanted.at(session, place))), None)
    if not found and (made := joint.make(state, name, wanted.about(), wanted.run, places)):
        found = wanted.at(session, made)
    if not found:
        return None
    place, member = found
    journal = joint.enter(state, place, member, wanted.what())
    return Membership(state, place, member, journal, name) if journal else None
