"""Real Dask schedulers and workers on loopback, each a process of its own; and work for them."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import IO

from gitprov.errors import ProvError

_TESTS = Path(__file__).parents[1]
_PACKAGES = os.pathsep.join([str(_TESTS), str(_TESTS.parent)])


class Daskers:
    """A scheduler and its workers."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._scheduler = _started(["scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"], home)
        self.workers: list[subprocess.Popen[bytes]] = []
        self.address = ""

    def begin(self) -> None:
        """Wait until the scheduler can be reached."""
        self.address = _heard(self._scheduler, b"Scheduler at:").split()[-1].decode()

    def work(self, before: Sequence[str] = (), path: Sequence[str] = ()) -> None:
        """Start one more worker, perhaps through a program `before` it, with directories in front of its path."""
        options = ["--no-nanny", "--nthreads", "1", "--no-dashboard", "--local-directory", str(self._home)]
        worker = _started(["worker", self.address, "--host", "127.0.0.1", *options], self._home, before, path)
        self.workers.append(worker)
        _heard(worker, b"Registered to:")

    def kill(self, number: int) -> None:
        """End a worker at once, as when its machine fails."""
        _ended(self.workers[number])

    def stop_scheduler(self) -> None:
        """End the scheduler at once."""
        _ended(self._scheduler)

    def close(self) -> None:
        """End all."""
        for process in (*self.workers, self._scheduler):
            _ended(process)


@contextmanager
def daskers(home: Path, workers: int = 0) -> Iterator[Daskers]:
    """Give a scheduler with so many workers."""
    running = Daskers(home)
    try:
        running.begin()
        for _ in range(workers):
            running.work()
        yield running
    finally:
        running.close()


def elsewhere(there: Path, instead: Path) -> list[str]:
    """Return what starts a program that sees `instead` where others see the directory `there`."""
    return ["unshare", "-rm", "sh", "-c", f'mount --bind "{instead}" "{there}" && exec "$@"', "sh"]


def can_be_elsewhere() -> bool:
    """Tell whether this machine lets us do that."""
    place = Path(tempfile.gettempdir())
    try:
        return not subprocess.run([*elsewhere(place, place), "true"], capture_output=True, check=False).returncode
    except OSError:
        return False


def twice(number: int) -> int:
    """Work that a worker finds by its name."""
    return 2 * number


def refuse(reason: str) -> None:
    """Refuse in words."""
    raise ProvError(f"it is {reason}", hint="leave it")


def fail(reason: str) -> None:
    """Fail as by a mistake of ours."""
    raise RuntimeError(reason)


def die(_: int) -> None:
    """End the worker."""
    os._exit(9)


def _started(
    arguments: list[str], home: Path, before: Sequence[str] = (), path: Sequence[str] = ()
) -> subprocess.Popen[bytes]:
    environ: Mapping[str, str] = {**os.environ, "PYTHONPATH": os.pathsep.join([*path, _PACKAGES])}
    return subprocess.Popen(
        [*before, sys.executable, "-m", "dask", *arguments],
        cwd=home,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def _heard(process: subprocess.Popen[bytes], word: bytes) -> bytes:
    """Wait until a process says a word, and return its line; all that it says later is passed over."""
    assert process.stderr
    said = []
    for line in process.stderr:
        said.append(line)
        if word in line:
            Thread(target=_drained, args=(process.stderr,)).start()
            return line
    raise AssertionError(b"".join(said).decode())


def _drained(pipe: IO[bytes]) -> None:
    with pipe:
        for _ in pipe:
            pass


def _ended(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
