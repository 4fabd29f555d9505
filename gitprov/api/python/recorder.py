"""A run that a program records of itself: what `git prov run` does around a child, done around a part of a process."""

import os
import sys
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gitprov.api.options import RunOptions
from gitprov.api.python import kernel, observation
from gitprov.api.python.asked import Asked
from gitprov.api.python.lines import JOURNAL, RUN
from gitprov.api.python.observation import Observation
from gitprov.api.python.told import warn
from gitprov.api.recover import recover_quietly
from gitprov.api.session import Session, open_session
from gitprov.api.settings import load
from gitprov.api.watch import Watch
from gitprov.capture.process import Ended
from gitprov.errors import ProvError
from gitprov.model.ids import new_id

if TYPE_CHECKING:
    from gitprov.model.profile import Notice

_INTERRUPTED = 130


class Recorder:
    """The recording of one run of this process."""

    def __init__(self, run: str, journal: str, watch: Watch, observation: Observation) -> None:
        self.id = run
        self.journal = journal
        """Where lines are added to the run."""
        self._watch = watch
        self._observation = observation
        self._started = time.monotonic()

    @classmethod
    def begin(cls, asked: Asked | None, environ: Mapping[str, str]) -> "Recorder":
        """Write down that a run begins. Raises `ProvError` or `OSError` where none can be recorded."""
        session = open_session(os.getcwd(), environ)
        if session.repo.worktree is None:
            raise ProvError("there is no working tree here", hint="run this in a clone that has one")
        recover_quietly(session)
        run = new_id(session.random(16))
        watch = Watch.begin(session, _options(session, asked), run)
        try:
            told = {**environ, RUN: run, "PATH": _with_own_interpreter(environ)}
            told.pop(JOURNAL, None)
            watch.announce(told)
            if JOURNAL not in told:
                why = watch.warnings[-1] if watch.warnings else "the run cannot be journalled"
                raise ProvError(why, hint="check that the git directory can be written")
            watch.started(os.getpid())
            _say(watch.notices, session.clock())
            return cls(run, told[JOURNAL], watch, Observation(told, session.repo.worktree))
        except BaseException:
            watch.cancel()
            raise

    def end(self, error: BaseException | None) -> Mapping[str, Any] | None:
        """Record the run as it ended; None where that has to wait for the next command."""
        status, signal = _status(error)
        try:
            self._observation.end()
            return self._watch.end(Ended(status, signal, time.monotonic() - self._started))
        except BaseException:
            self._watch.leave()
            raise
        finally:
            for text in self._watch.warnings:
                warn(text, text)


def _say(found: "list[Notice]", now: float) -> None:
    """Tell the program what there is to say of its data."""
    if found:
        from datetime import UTC, datetime

        from gitprov.views.drift import notices

        text = notices(found, now=datetime.fromtimestamp(now, UTC), colour=False).strip()
        warn(text, text)


def _options(session: Session, asked: Asked | None) -> RunOptions:
    """Return what is asked as the command line would; files and parameters are told to the run as it goes on."""
    trace = (asked and asked.trace) or load(session.repo).trace
    # strace cannot be put around a part of a process
    trace = "python" if trace != "off" and observation.is_possible() else "off"
    command = kernel.command(list(sys.orig_argv) or [sys.executable])
    if asked is None:
        return RunOptions(command, trace=trace)
    return RunOptions(
        command,
        message=asked.message,
        seed=asked.seed,
        tags=asked.tags,
        hypothesis=asked.hypothesis,
        expect=asked.expectations(),
        metrics=asked.metrics,
        trace=trace,
    )


def _with_own_interpreter(environ: Mapping[str, str]) -> str:
    """Return a search path that leads from the name this interpreter was called by to itself."""
    return os.pathsep.join((os.path.dirname(sys.executable), environ.get("PATH", os.defpath)))


def _status(error: BaseException | None) -> tuple[int, str]:
    """Return the exit status and signal that a program would have had that `error` had ended."""
    if error is None or isinstance(error, GeneratorExit):
        return 0, ""
    if isinstance(error, KeyboardInterrupt):
        return _INTERRUPTED, "SIGINT"
    if isinstance(error, SystemExit):
        code = error.code
        return (code & 0xFF if isinstance(code, int) else 0 if code is None else 1), ""
    return 1, ""
