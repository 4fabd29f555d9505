"""What `git prov run` holds of a run under strace: the reader beside it, and the command line."""

import contextlib
import fcntl
import os
import select
from collections.abc import Mapping, Sequence
from typing import Final

from gitprov.capture.strace import reader
from gitprov.capture.strace.command import command_line
from gitprov.capture.strace.troubles import trouble

_PIPE: Final = 1 << 20
_PATIENCE: Final = 30.0
_STANDARD: Final = 2
_LONGEST_NAME: Final = 15  # of what the kernel calls a process


class Tracer:
    """A reader that waits for a trace."""

    def __init__(self, strace: str, output: str, hurry: int, answer: int) -> None:
        self._strace = strace
        self._output = output
        self._hurry = hurry
        self._from_reader = answer
        self._answer: bytes | None = None
        self._trouble = ""

    @classmethod
    def begin(cls, strace: str, directory: str, cwd: str) -> "Tracer":
        """Start a reader that writes to a directory of events; the command will start in `cwd`. Raises `OSError`."""
        ours, theirs = [], []
        try:
            for is_from_reader in (False, False, True):
                ends = _pipe()
                ours.append(ends[not is_from_reader])
                theirs.append(ends[is_from_reader])
            door, hurry, answer = ours
            source, hurried, answering = theirs
            with contextlib.suppress(OSError, AttributeError):  # more than the user may have: the usual size has to do
                fcntl.fcntl(source, fcntl.F_SETPIPE_SZ, _PIPE)
            pid = reader.fork(reader.Pipes(source, door, hurried, answering), directory, cwd)
        except OSError:
            _close(*ours)
            raise
        finally:
            _close(*theirs)
        _close(door)
        return cls(strace, f"/proc/{pid}/fd/{door}", hurry, answer)

    def argv(self, program: str, argv: Sequence[str], environ: Mapping[str, str]) -> tuple[str, Sequence[str]]:
        """Return what to start, and its argv, so that `program` runs under strace; `process.start` takes this.

        A program that would not do its work there is left alone, and `finish` says so.
        """
        self._trouble = trouble(os.fsencode(program))
        if self._trouble:
            return program, argv
        return self._strace, command_line(self._strace, self._output, program, argv, environ.get("PATH", ""))

    def finish(self, timeout: float = _PATIENCE) -> list[str]:
        """Wait until all that the command did is in the events; to be called when it has ended.

        Returns problems that the events do not tell of themselves. What the command left in the background is still
        traced, for it cannot live without strace, and not recorded.
        """
        answer = self._ask(timeout)
        if answer == reader.WATCHED:
            return []
        if self._trouble:
            return [f"{self._trouble}, so the files it used are not known; use --trace python"]
        if answer == reader.NOT_BEGUN:
            return ["strace could not follow the run: the files it used are not known"]
        return ["what strace saw was not read to the end: some of the files the run used are not known"]

    def failed_before_exec(self, last_name: str) -> bool:
        """Tell whether strace ended and never executed the command, which so can be started again without.

        `last_name` is the ended child's: that strace saw nothing does not yet say that nothing ran.
        """
        if self._trouble or self._ask(_PATIENCE) != reader.NOT_BEGUN:
            return False
        return last_name == os.path.basename(self._strace)[:_LONGEST_NAME]

    def cancel(self) -> None:
        """There is no run, or nobody wants to know: the reader is left to itself."""
        if self._answer is None:
            self._answer = b""
            with contextlib.suppress(OSError):
                os.write(self._hurry, b".")
            _close(self._hurry, self._from_reader)

    def _ask(self, timeout: float) -> bytes:
        if self._answer is None:
            with contextlib.suppress(OSError):
                os.write(self._hurry, b".")
            poll = select.poll()
            poll.register(self._from_reader, select.POLLIN)
            self._answer = os.read(self._from_reader, 1) if poll.poll(timeout * 1000) else b""
            _close(self._hurry, self._from_reader)
        return self._answer


def _pipe() -> tuple[int, int]:
    """Return the ends of a new pipe, clear of the standard streams' numbers, which may be free."""
    ends = os.pipe()
    if min(ends) > _STANDARD:
        return ends
    try:
        first, second = (fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, _STANDARD + 1) for end in ends)
        return first, second
    finally:
        _close(*ends)


def _close(*descriptors: int) -> None:
    for descriptor in descriptors:
        with contextlib.suppress(OSError):
            os.close(descriptor)
