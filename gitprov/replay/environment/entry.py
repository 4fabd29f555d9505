"""A built environment in its directory: when it is whole, whether it is still as it was built, who is building it.

Environments know their own path, so that one cannot be built aside and moved. It is built where it will stand: a lock
is held meanwhile, which the installer inherits; what is whole has a seal, written last. What has none was never
finished and is not used. The seal knows every file by size and time, so that an environment that somebody changed is
built again; it is not made read-only, which would keep people from removing it and root from nothing.
"""

import contextlib
import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from typing import Final, NamedTuple

from blake3 import blake3

from gitprov.errors import ProvError
from gitprov.replay.environment.world import Tell

SEAL: Final = "git-prov.json"
UNFINISHED: Final = "git-prov.unfinished"
_FORMAT: Final = 1
_OLD_SECONDS: Final = 14 * 86_400.0
_OURS: Final = frozenset({SEAL, UNFINISHED, "__pycache__"})


class Left(NamedTuple):
    """A package that could not be had and that the run did not import."""

    name: str
    why: str


class Seal(NamedTuple):
    """What is written into an environment that is whole."""

    python: str
    """The version of its interpreter."""
    packages: tuple[str, ...]
    """What was asked for, a requirement each."""
    left: tuple[Left, ...] = ()


@contextlib.contextmanager
def hold(cache: str, name: str, tell: Tell) -> Iterator[int]:
    """Hold the lock on building what has this name, waiting for whoever has it; yields the file that holds it.

    Raises `OSError` where the cache cannot be written.
    """
    path = _lock_of(cache, name)
    file = _waited(path, tell)
    try:
        yield file
    finally:
        if not _generations(cache, name):
            os.unlink(path)
        os.close(file)


def find(cache: str, name: str) -> tuple[str, Seal] | None:
    """Return the newest environment of that name that is whole, and its seal; it counts as used now."""
    for directory in reversed(_generations(cache, name)):
        if seal := sealed(directory):
            with contextlib.suppress(OSError):
                os.utime(os.path.join(directory, SEAL))
            return directory, seal
    return None


def vacant(cache: str, name: str) -> str:
    """Return where an environment of that name is built next. One that is there may be in use, whatever its state."""
    taken = [one for one in _generations(cache, name) if os.path.exists(os.path.join(one, SEAL))]
    numbers = (number for number in range(len(taken) + 1))
    return next(path for number in numbers if (path := os.path.join(cache, _numbered(name, number))) not in taken)


def begin(directory: str) -> int:
    """Make a directory in which an environment is going to be; returns the file whose lock says that it is made now.

    What an unfinished one left there is removed. Raises `ProvError` where somebody is building there.
    """
    path = os.path.join(directory, UNFINISHED)
    try:
        if os.path.exists(path):
            os.close(_locked(path, os.O_RDWR))
            remove(directory)
        os.makedirs(directory, exist_ok=True)
        return _locked(path, os.O_RDWR | os.O_CREAT | os.O_EXCL)
    except (BlockingIOError, FileExistsError):
        raise ProvError(f"{directory} is being built by another command", hint="wait for it to end") from None


def finish(directory: str, seal: Seal) -> None:
    """Write the seal: from now on the environment is whole."""
    told = {"format": _FORMAT, **seal._asdict(), "files": fingerprint(directory)}
    path = os.path.join(directory, SEAL)
    with open(f"{path}.new", "w", encoding="utf-8") as file:
        json.dump(told, file)
        file.flush()
        os.fsync(file.fileno())
    os.rename(f"{path}.new", path)
    os.unlink(os.path.join(directory, UNFINISHED))


def sealed(directory: str) -> Seal | None:
    """Return the seal of an environment that is whole and as it was built; `None` for any other."""
    try:
        with open(os.path.join(directory, SEAL), "rb") as file:
            told = json.loads(file.read())
        if told["format"] != _FORMAT or told["files"] != fingerprint(directory):
            return None
        return Seal(told["python"], tuple(told["packages"]), tuple(Left(*one) for one in told["left"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def remove(directory: str) -> None:
    """Remove an environment, as far as that is possible."""
    with contextlib.suppress(OSError):  # first, so that half of it is never taken for whole
        os.unlink(os.path.join(directory, SEAL))
    shutil.rmtree(directory, ignore_errors=True)


def sweep(cache: str, now: float) -> None:
    """Remove what killed programs left half built, and what was built again since and has not been used for days."""
    by_name: dict[str, list[str]] = {}
    for path in _directories(cache):
        by_name.setdefault(os.path.basename(path).partition("-")[0], []).append(path)
    for name, paths in by_name.items():
        newest = max(paths, key=_number)
        for path in paths:
            if _is_litter(path, now, newest=path == newest):
                _remove_unless_held(cache, name, path)


def _is_litter(path: str, now: float, *, newest: bool) -> bool:
    try:
        used = os.stat(os.path.join(path, SEAL)).st_mtime
    except OSError:
        return True
    return not newest and now - used > _OLD_SECONDS


def _remove_unless_held(cache: str, name: str, path: str) -> None:
    with contextlib.suppress(OSError):  # somebody holds it
        file = _locked(_lock_of(cache, name), os.O_RDWR | os.O_CREAT)
        try:
            remove(path)
        finally:
            if not _generations(cache, name):
                os.unlink(_lock_of(cache, name))
            os.close(file)


def fingerprint(directory: str) -> str:
    """Return what changes with any file of an environment but compiled ones: of names, sizes and times."""
    told: list[str] = []
    _walk(directory, "", told)
    return blake3("\n".join(told).encode("utf-8", "surrogatepass")).hexdigest(length=16)


def _walk(top: str, below: str, told: list[str]) -> None:
    with os.scandir(os.path.join(top, below)) as found:
        entries = sorted((entry for entry in found if entry.name not in _OURS), key=lambda entry: entry.name)
    for entry in entries:
        path = os.path.join(below, entry.name)
        if entry.is_dir(follow_symlinks=False):
            _walk(top, path, told)
            continue
        status = entry.stat(follow_symlinks=False)
        told.append(f"{path}\0{status.st_size}\0{status.st_mtime_ns}")


def _directories(cache: str) -> list[str]:
    try:
        with os.scandir(cache) as found:
            return [item.path for item in found if item.is_dir(follow_symlinks=False)]
    except OSError:
        return []


def _generations(cache: str, name: str) -> list[str]:
    """Return the environments of a name, the newest last."""
    own = [path for path in _directories(cache) if os.path.basename(path).partition("-")[0] == name]
    return sorted(own, key=_number)


def _number(path: str) -> int:
    number = os.path.basename(path).partition("-")[2]
    return int(number) if number.isdigit() else 0


def _numbered(name: str, number: int) -> str:
    return f"{name}-{number}" if number else name


def _locked(path: str, flags: int) -> int:
    """Open a file with a lock on it. Raises `BlockingIOError` where somebody else has one."""
    file = os.open(path, flags | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(file)
        raise
    return file


def _waited(path: str, tell: Tell) -> int:
    """Open a file with a lock on it, once nobody else has one. Who had it may have removed the file meanwhile."""
    while True:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                tell("waiting for another command that builds the same environment")
                fcntl.flock(file, fcntl.LOCK_EX)
            if _is_at(path, file):
                return file
        except BaseException:
            os.close(file)
            raise
        os.close(file)


def _is_at(path: str, file: int) -> bool:
    try:
        return os.path.samestat(os.stat(path), os.fstat(file))
    except FileNotFoundError:
        return False


def _lock_of(cache: str, name: str) -> str:
    return os.path.join(cache, f"{name}.lock")
