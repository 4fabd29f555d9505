"""Putting the inputs of a run where it will read them, each byte compared with its digest."""

import os
from collections.abc import Iterable
from typing import Final, NamedTuple

from gitprov.api.data.catalog import Use
from gitprov.api.data.gitfiles import is_gits
from gitprov.api.data.meter import Meter
from gitprov.api.data.missing import last_seen
from gitprov.api.data.place import Place
from gitprov.api.data.sources import Sources
from gitprov.api.options import Progress
from gitprov.api.reproduce.inputs import Inputs
from gitprov.artifacts import listing
from gitprov.artifacts.checkout import Plan as Writing
from gitprov.artifacts.checkout import plan_all
from gitprov.artifacts.hashing import OPEN, digest_file
from gitprov.artifacts.listing import Entry
from gitprov.artifacts.store.filling import digest_handle, fill
from gitprov.errors import NotFound, ProvError
from gitprov.model.text import quote
from gitprov.replay.plan import Artifact

_FILES: Final = ("644", "755")
_UNSTATED: Final = -1


class _Planned(NamedTuple):
    use: Use
    writing: Writing
    leaves: list[tuple[bytes, Entry]]


def put(place: Place, inputs: Inputs, top: str, progress: Progress | None = None) -> list[str]:
    """Put inputs below `top`, where the code is already; return what could not be had, in words."""
    absent = [f"{quote(one.path)}: {why}" for one in inputs.outside() if (why := _why_not_there(place, inputs, one))]
    planned: list[_Planned] = []
    for use in inputs.to_place():
        try:
            writing = _writing(place, use, top)
        except ProvError as error:
            absent.append(f"{quote(use.path)}: {error.message}")
        else:
            leaves = [(path, entry) for path, entry in writing.entries() if entry.mode in _FILES]
            planned.append(_Planned(use, writing, leaves))
    meter = Meter(progress, sum({entry.digest: entry.size for one in planned for _, entry in one.leaves}.values()))
    bytes_of = _Bytes(place, planned)
    for one in planned:
        try:
            if missing := [entry for path, entry in one.leaves if not bytes_of.has(path, entry)]:
                raise NotFound(last_seen(place, one.use, len(missing), len(one.leaves)))
            one.writing.carry_out(bytes_of.write, meter)
        except ProvError as error:
            absent.append(f"{quote(one.use.path)}: {error.message}")
    return absent


def _writing(place: Place, use: Use, top: str) -> Writing:
    """Plan how a use is written below `top`. Raises `ProvError`."""
    if is_gits(use.digest):
        entry = place.blobs.entry(use.digest, os.fsdecode(use.raw))
    elif place.is_directory(use):
        entry = Entry("dir", _UNSTATED, use.digest, b"")
    else:
        entry = Entry("644", use.size, use.digest, b"")
    return plan_all([(use.raw, entry)], place.read, top, force=True, portable=False)


class _Bytes:
    """Where bytes are: files of the person's working tree that may have them, else what `Sources` gathers."""

    def __init__(self, place: Place, planned: Iterable[_Planned]) -> None:
        self._place = place
        self._sources = Sources(place, "", Meter(None, 0))
        self._files: dict[str, bytes] = {}
        self._uses: dict[str, Use] = {}
        wanted: dict[str, int] = {}
        planned = list(planned)
        for one in planned:
            for path, entry in one.leaves:
                self._uses[entry.digest] = one.use
                if file := self._file(path, entry):
                    self._files[entry.digest] = file
                else:
                    wanted[entry.digest] = entry.size
        self._sources.gather(wanted, [one.use for one in planned])

    def has(self, path: bytes, entry: Entry) -> bool:
        """Tell whether the bytes are at hand, as far as a look tells."""
        return entry.digest in self._files or self._sources.has(entry.digest)

    def write(self, entry: Entry, handle: int) -> None:
        """Write verified bytes into an empty file. Raises `NotFound`, `Damaged`."""
        if file := self._files.get(entry.digest):
            source = os.open(file, OPEN)
            try:
                fill(source, handle)
            finally:
                os.close(source)
            if digest_handle(handle).digest == entry.digest:
                return
            os.ftruncate(handle, 0)
            os.lseek(handle, 0, os.SEEK_SET)
            del self._files[entry.digest]
            self._sources.gather({entry.digest: entry.size}, [self._uses[entry.digest]])
        if not self._sources.has(entry.digest):
            raise NotFound(last_seen(self._place, self._uses[entry.digest], 1, 1))
        self._sources.write(entry.digest, handle)

    def _file(self, path: bytes, entry: Entry) -> bytes | None:
        """Return the file of the working tree at the same path, where it has the same size."""
        if self._place.session.repo.worktree is None or self._place.blobs.has(entry.digest):
            return None
        file = self._place.file_of(path)
        try:
            return file if os.path.isfile(file) and os.stat(file).st_size == entry.size else None
        except OSError:
            return None


def _why_not_there(place: Place, inputs: Inputs, one: Artifact) -> str:
    """Say why an input outside of the repository is not what it was; `""` when it is."""
    if not os.path.lexists(one.raw):
        return "it is not on this machine"
    try:
        if not place.is_directory(inputs.use(one)):
            return "" if _is(one.raw, one.digest, one.size) else "what is there has other bytes"
        for path, entry in listing.walk(one.digest, place.read):
            if entry.mode in _FILES and not _is(os.path.join(one.raw, path), entry.digest, entry.size):
                return f"{quote(path)} in it has other bytes"
    except OSError as error:
        return f"it cannot be read: {error.strerror}"
    except ProvError as error:
        return error.message
    return ""


def _is(file: bytes, digest: str, size: int) -> bool:
    return os.stat(file).st_size == size and digest_file(file).digest == digest
