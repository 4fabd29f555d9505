"""Running an installer: in a session of its own, without a terminal, and ended with all it started when we are."""

import contextlib
import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

_GRACE: Final = 5.0  # seconds between asking it to end and making it
_KEPT: Final = 64 * 1024


class Ended(NamedTuple):
    """How a program ended."""

    status: int
    words: str
    """The end of what it said, on both streams."""


def run(command: Sequence[str], environ: Mapping[str, str], *, cwd: str, holding: Sequence[int] = ()) -> Ended:
    """Run a program to its end. Raises `OSError` where it cannot be started.

    It inherits the files `holding`: a lock on one of them lasts until it has ended, even where we are killed.
    """
    with tempfile.TemporaryFile() as said:
        before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])  # once it has started, we must know of it
        try:
            process = subprocess.Popen(
                command,
                env=environ,
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,  # a question on the terminal would wait for an answer that nobody gives
                pass_fds=holding,
            )
        except BaseException:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            raise
        try:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            status = process.wait()
        except BaseException:
            _end(process)
            raise
        return Ended(status, _tail(said.fileno()))


def _end(process: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_GRACE)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _tail(file: int) -> str:
    size = os.fstat(file).st_size
    return os.pread(file, _KEPT, max(size - _KEPT, 0)).decode("utf-8", "replace")
