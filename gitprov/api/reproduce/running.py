"""Running a recorded command again, traced like any run; its record waits for that of the reproduction."""

import contextlib
import os
import signal
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from gitprov.api.draft import Draft, begin_draft
from gitprov.api.inside import JOURNAL, SEED
from gitprov.api.options import Progress, RunOptions
from gitprov.api.reproduce.starting import Start
from gitprov.api.reproduce.stated import completed, declared_outputs
from gitprov.api.settings import load
from gitprov.api.watch import Watch
from gitprov.capture.files.relocated import Relocation
from gitprov.capture.process import Child, Ended, NotStarted
from gitprov.errors import ProvError
from gitprov.gitrepo.process import Running
from gitprov.gitrepo.read import CatFile
from gitprov.gitrepo.worktree import read_status
from gitprov.model.ids import new_id
from gitprov.records.journal import RUN, Journal
from gitprov.replay.place.making import Place
from gitprov.replay.place.shown import Shown
from gitprov.replay.plan import Plan

_ENDINGS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
_OF_CODE: Final = ("commit", "tree", "base", "patch_id", "remote", "omitted", "submodules")


class Interrupted(Exception):
    """A person ended it: there is nothing to compare."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


class NotRun(Exception):
    """The command could not be started."""


class How(NamedTuple):
    """In which way to run."""

    trace: str | None = None
    quiet: bool = False
    """Whether the command's standard output goes where its standard error goes: ours is for an answer."""
    progress: Progress | None = None


class Rerun(NamedTuple):
    """A run that was made again."""

    record: Mapping[str, Any]
    data: Mapping[str, bytes]
    """Its attachments that may not be stored yet."""
    listings: Mapping[str, bytes]
    """All its attachments by digest."""
    warnings: tuple[str, ...]


class _Watch(Watch):
    """A run that is not stored when it has ended: what there is to store is kept for who compares it."""

    kept: tuple[Mapping[str, Any], Mapping[str, bytes]] | None = None
    shown: Shown | None = None

    def start(self) -> Child | NotStarted:
        """Start the child, observed; what it sees elsewhere is told by where that is."""
        if self._tracing and self.shown:
            self._tracing.relocation = _relocation(self.shown)
        return super().start()

    def _store(self, record: Mapping[str, Any], data: Mapping[str, bytes]) -> Mapping[str, Any] | None:
        self.kept = record, data
        if self._journal:
            self._journal.finish()
        return record


def rerun(start: Start, place: Place, recorded: Mapping[str, Any], plan: Plan, how: How) -> Rerun:
    """Run what is to be started, and return what was observed. Raises `NotRun`, `Interrupted`, `ProvError`."""
    session = start.session
    name = new_id(session.random(16))
    outputs = declared_outputs(recorded, place.worktree, are_all=how.trace == "off")
    options = RunOptions(start.command, seed=plan.seed, trace=how.trace, outputs=outputs)
    settings = load(session.repo)._replace(keep="")
    draft = begin_draft(session, options, settings, name, lambda *told: _put_code(recorded, *told))
    draft.fields["command"] = list(recorded["command"])  # where its interpreter is here, the environment says
    try:
        journal = Journal.begin(session.state, draft.fields)
    except OSError as error:
        raise ProvError(f"nothing can be written into the git directory: {error.strerror}") from error
    watch = _Watch(session, options, draft, journal)
    watch.shown = start.shown
    started_ns = _now_ns(place)
    with _standing_in(session.cwd), _output(quiet=how.quiet):
        done = _run(watch, _environ(session.environ, name, plan.seed), how.progress)
    if watch.kept is None or done is None:
        raise ProvError(f"the run could not be observed: {'; '.join(watch.warnings)}")
    record, data = watch.kept
    return Rerun(completed(recorded, record, place.worktree, started_ns), data, draft.data, tuple(watch.warnings))


def _now_ns(place: Place) -> int:
    """Return the time by the clock that stamps files: it may lag behind the other."""
    path = os.path.join(place.scratch, "now")
    with open(path, "wb"):
        pass
    return os.stat(path).st_mtime_ns


def _environ(environ: Mapping[str, str], name: str, seed: int | None) -> dict[str, str]:
    found = {**environ, RUN: name}
    found.pop(JOURNAL, None)
    if seed is not None:
        found[SEED] = found["PYTHONHASHSEED"] = str(seed)
    return found


def _run(watch: _Watch, environ: dict[str, str], progress: Progress | None) -> Mapping[str, Any] | None:
    with watch.shown.opened() if watch.shown else contextlib.nullcontext():
        child, ended = _to_its_end(watch, environ)
    if child.told_to_end:
        watch.cancel()
        raise Interrupted(child.told_to_end)
    return watch.end(ended, progress)


def _to_its_end(watch: _Watch, environ: dict[str, str]) -> tuple[Child, Ended]:
    """Start the command and wait for it. Raises `NotRun`."""
    try:
        watch.announce(environ)
        child = watch.start()
    except BaseException:
        watch.cancel()
        raise
    if isinstance(child, NotStarted):
        watch.cancel()
        raise NotRun(child.reason)
    watch.started(child.pid)
    with _own_signals():
        ended = child.wait()
        again = watch.start_again(child)
        if isinstance(again, Child):
            watch.started(again.pid)
            ended, child = again.wait(), again
    return child, ended


def _relocation(shown: Shown) -> Relocation:
    kept = tuple(map(os.fsencode, shown.kept))
    return Relocation(os.fsencode(shown.path), os.fsencode(shown.worktree), kept)


def _put_code(recorded: Mapping[str, Any], draft: Draft, status: Running, _: CatFile) -> None:
    """Put the code as it is recorded: that was checked out, and the data beside it are no changes of anybody's."""
    draft.status = read_status(status)
    code = recorded["code"]
    draft.fields["code"] = {name: code[name] for name in _OF_CODE if name in code}


@contextlib.contextmanager
def _standing_in(directory: str) -> Iterator[None]:
    """Stand in a directory: a child starts where we stand."""
    with contextlib.chdir(directory):
        yield


@contextlib.contextmanager
def _own_signals() -> Iterator[None]:
    """Have signals mean again what they meant before the child took them all."""
    before = {number: signal.getsignal(number) for number in _ENDINGS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)


@contextlib.contextmanager
def _output(*, quiet: bool) -> Iterator[None]:
    if not quiet:
        yield
        return
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
