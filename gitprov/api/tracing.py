"""How a run's processes are observed: chosen before the child starts, read when it has ended."""

import contextlib
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from gitprov.api.session import Session
from gitprov.capture import process
from gitprov.capture.files.redirected import FILE as SHELL
from gitprov.capture.files.redirected import redirected
from gitprov.capture.injection import inject
from gitprov.capture.process import Child, NotStarted
from gitprov.capture.strace.available import available, forget
from gitprov.capture.strace.tracer import Tracer
from gitprov.errors import UsageError
from gitprov.observer import protocol
from gitprov.records.layout import State

if TYPE_CHECKING:
    from gitprov.capture.files.relocated import Relocation
    from gitprov.capture.files.touched import Touched

AUTO, PYTHON, STRACE, OFF = "auto", "python", "strace", "off"


class Tracing:
    """The observation of one run."""

    def __init__(self, session: Session, run: str, how: str) -> None:
        self._session = session
        self._how = how
        self._tracer: Tracer | None = None
        self._environ: dict[str, str] = {}
        self._gaps: list[str] = []
        self.directory = session.state.events_of(run)
        """Where the run's processes write their events."""
        self.why_not = ""
        """Why strace does not see the files, where it was not ruled out: one clause."""
        self.relocation: Relocation | None = None
        """Where what the command touched really is, where it saw it elsewhere."""

    @property
    def name(self) -> str:
        """What watches, as the record has it."""
        if self._how == AUTO:
            return "python+strace" if self._tracer else PYTHON
        return self._how

    @classmethod
    def begin(cls, session: Session, run: str, how: str, environ: dict[str, str]) -> "Tracing":
        """Make everything ready, and tell the child's environment.

        Raises `UsageError` where strace was asked for by name and does not work here, `OSError` where the git
        directory cannot be written.
        """
        tracing = cls(session, run, how)
        tracing._environ = environ
        if how == OFF:
            return tracing
        os.makedirs(os.path.dirname(tracing.directory), exist_ok=True)
        os.mkdir(tracing.directory, 0o700)  # what is told there is in clear
        if by_shell := redirected(session.repo.worktree or ""):
            with open(os.path.join(tracing.directory, SHELL), "wb") as file:
                file.write(by_shell)
        if how in (AUTO, STRACE):
            tracing._begin_strace(environ)
        if how != STRACE:
            inject(environ, tracing.directory, files=tracing._tracer is None)
        return tracing

    def _begin_strace(self, environ: Mapping[str, str]) -> None:
        answer = available(environ, self._session.state.cache)
        self.why_not = answer.reason
        if answer.path:
            try:
                self._tracer = Tracer.begin(answer.path, self.directory, self._session.cwd)
            except OSError as error:
                self.why_not = f"strace could not be set up: {error.strerror}"
        if self._tracer is None and self._how == STRACE:
            raise UsageError(f"--trace strace: {self.why_not}", hint="use --trace auto, which takes what works here")

    def start(self, command: Sequence[str], environ: Mapping[str, str]) -> Child | NotStarted:
        """Start the child, under strace where that watches."""
        return process.start(command, environ, under=self._tracer.argv if self._tracer else None)

    def collect(self) -> "Touched":
        """What the run's processes touched and told. To be called once the child has ended."""
        from gitprov.capture.files.touched import gather

        problems = self._tracer.finish() if self._tracer else []
        if self.relocation:
            from gitprov.capture.files.relocated import relocate

            relocate(self.directory, self.relocation)
        touched = gather(self.directory)
        return touched._replace(gaps=[*touched.gaps, *problems, *self._gaps])

    def failed_before(self, child: Child) -> bool:
        """Tell whether strace ended before the command was executed: it can be started again, and will be without."""
        if self._tracer is None or not self._tracer.failed_before_exec(child.last_name):
            return False
        forget(self._session.state.cache)
        self._tracer, self.why_not = None, "strace failed"
        with contextlib.suppress(OSError):  # an empty trace would say that no file was touched
            os.unlink(os.path.join(self.directory, protocol.STRACE))
        if self._how == AUTO:
            inject(self._environ, self.directory, files=True)
        else:
            self._gaps.append("strace failed before the command started: the files it used are not known")
        return True

    def close(self) -> None:
        """Leave nothing behind."""
        if self._tracer:
            self._tracer.cancel()
        remove_events(self.directory)


def remove_events(directory: str) -> None:
    """Remove a run's events; a process that still runs in the background finds nowhere to write, and goes on."""
    with contextlib.suppress(OSError):
        for name in os.listdir(directory):
            with contextlib.suppress(OSError):  # a directory that the run's own program made there
                os.unlink(os.path.join(directory, name))
        os.rmdir(directory)


def sweep_events(state: State) -> None:
    """Remove the events of runs that are recorded: their owner was killed while it cleaned up."""
    for directory in state.orphaned_events():
        remove_events(directory)
