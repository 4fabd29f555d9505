"""Directories to be scanned, and what a scan of them gave."""

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gitprov.artifacts.listing import Entry, describe, walk
from gitprov.artifacts.scan import Scanned, ahead, scan
from gitprov.artifacts.scan.ahead import Ahead, Looked
from gitprov.artifacts.scan.reading import Outcome, Reader
from gitprov.artifacts.store import Keeper, Store
from gitprov.errors import ProvError

Found = tuple[Scanned, dict[str, bytes]]
"""What a scan returned, and the listings it made."""


def later() -> float:
    """Return a moment at which no file is so new that it may change unseen."""
    return time.time() + 3600


def grown(root: Path, files: dict[str, bytes]) -> Path:
    """Write files below a directory, and return it."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return root


def scanned(root: Path, **options: Any) -> Found:  # noqa: ANN401 - whatever a scan takes
    """Scan a directory, and return what was found and the listings."""
    listings: dict[str, bytes] = {}
    options.setdefault("clock", later)
    return scan(str(root), sink=listings.__setitem__, **options), listings


def apart(function: Callable[..., Any], *args: object) -> Any:  # noqa: ANN401 - whatever the function returns
    """Call a function of this module in a new process, which has no threads and so may fork."""
    program = (
        "import pickle, sys\n"
        "from support import scanned\n"
        "name, args = pickle.load(sys.stdin.buffer)\n"
        "pickle.dump(getattr(scanned, name)(*args), sys.stdout.buffer)"
    )
    path = os.pathsep.join([str(Path(__file__).parents[1]), str(Path(__file__).parents[2])])
    asked = pickle.dumps((function.__name__, args))
    environment = {**os.environ, "PYTHONPATH": path}
    command = [sys.executable, "-c", program]
    ended = subprocess.run(command, input=asked, stdout=subprocess.PIPE, env=environment, check=True)
    return pickle.loads(ended.stdout)  # noqa: S301 - our own


def with_workers(root: Path, workers: int) -> Found:
    """Scan with so many workers."""
    return scanned(root, workers=workers)


def with_dying_workers(root: Path, times: int, marks: Path) -> Found:
    """Scan while the worker that reads `short` dies as if the file was shortened, so often; each leaves a mark."""
    real = Reader._file

    def die(self: Reader, handle: int, directory: bytes, name: bytes, numbers: tuple[int, ...]) -> Outcome:
        if name == b"short" and len(list(marks.iterdir())) < times:
            (marks / f"{os.getpid()}").touch()
            os.kill(os.getpid(), signal.SIGBUS)
        return real(self, handle, directory, name, numbers)

    setattr(Reader, "_file", die)  # noqa: B010 - this process is for nothing else
    return scanned(root, workers=2)


def with_killed_workers(root: Path) -> tuple[str, str]:
    """Scan while every worker is killed, and return the error."""
    setattr(Reader, "_small", lambda *_: os.kill(os.getpid(), signal.SIGKILL))  # noqa: B010
    return _refusal(root)


def with_failing_workers(root: Path) -> tuple[str, str]:
    """Scan while a worker finds the disk full, and return the error."""

    def fail(*_: object) -> Outcome:
        raise ProvError("the disk is full", hint="make room")

    setattr(Reader, "_small", fail)  # noqa: B010
    return _refusal(root)


def with_store(root: Path, place: Path, workers: int) -> Found:
    """Scan into a store."""
    store = Store(str(place))
    with store.keeper() as keeper:
        return scanned(root, keep=keeper, missing=store.missing, workers=workers)


def with_full_store(root: Path, place: Path) -> tuple[str, str]:
    """Scan into a store whose disk is full, and return the error."""

    def fail(*_: object) -> None:
        raise ProvError("the disk is full", hint="make room")

    setattr(Keeper, "keep_hashed", fail)  # noqa: B010
    store = Store(str(place))
    with store.keeper() as keeper:
        return _refusal(root, keep=keeper)


def _refusal(root: Path, **options: Any) -> tuple[str, str]:  # noqa: ANN401
    try:
        scan(str(root), workers=2, **options)
    except ProvError as error:
        try:
            os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return error.message, error.hint
        return "a worker is left", ""
    return "", ""


def leaves(found: Found) -> dict[bytes, Entry]:
    """Return the entries of all files by their paths."""
    return dict(walk(found[0].digest, found[1].__getitem__))


def described(root: Path) -> tuple[str, dict[str, bytes]]:
    """Return the digest and the listings that the plain way gives, one file after the other."""
    above = os.fsencode(root)
    files = [
        os.path.relpath(os.path.join(directory, name), above)
        for directory, inner, names in os.walk(above)
        for name in (*names, *(one for one in inner if os.path.islink(os.path.join(directory, one))))
    ]
    found = describe(above, files)
    return found.digest, found.listings


def counting(function: Callable[..., Any], calls: list[Any]) -> Callable[..., Any]:
    """Return the function, with its first argument noted each time."""

    def counted(*args: Any, **named: Any) -> Any:  # noqa: ANN401
        calls.append(args[0])
        return function(*args, **named)

    return counted


def with_look_ahead(root: Path, cache: Path) -> tuple[Found, list[bytes]]:
    """Scan again what is remembered, and return as well what the other process has looked at; it must be gone."""
    looked: list[bytes] = []
    plain = Ahead.look

    def look(self: Ahead, directory: bytes) -> Looked | None:
        found = plain(self, directory)
        looked.extend([directory] if found else [])
        return found

    setattr(Ahead, "look", look)  # noqa: B010
    setattr(ahead, "WORTH", 0)  # noqa: B010
    setattr(ahead, "cores", lambda: 2)  # noqa: B010
    found = scanned(root, cache=str(cache), workers=1)
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return found, looked
    raise AssertionError("a process was left behind")
