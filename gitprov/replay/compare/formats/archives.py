"""Zip (also `.npz`, `.xlsx`, `.docx`, `.pth`) and tar archives, member by member; nothing is unpacked to disk."""

import io
import struct
import tarfile
import zipfile
from typing import IO, BinaryIO, Final, TypeVar, cast

from gitprov.replay.compare.formats import storages
from gitprov.replay.compare.outcome import Unreadable
from gitprov.replay.compare.source import DEEPEST, UNPACKED, Source, same_bytes
from gitprov.replay.compare.tally import Tally

_M = TypeVar("_M")

_MOST_MEMBERS: Final = 10_000
_DIRECTORY_MOST: Final = 16 << 20
_ENDING: Final = 22 + (1 << 16)
_IN_MEMORY: Final = 256 << 20
_RANDOM: Final = ".data/serialization_id"
"""A member that PyTorch fills at random."""


def zipped(before: Source, after: Source, tally: Tally) -> None:
    """Compare two zip archives; times, order and compression of members are noise."""
    with _opened(before) as mine, _opened(after) as its:
        recorded, new = _zip_members(mine), _zip_members(its)
        layouts = storages.of_archive(mine)
        for name, first, second in _pairs(recorded, new, tally):
            if first.date_time != second.date_time:
                tally.noise("times of members")
            pair = _zip_member(mine, first, name, before.depth), _zip_member(its, second, name, after.depth)
            if name.endswith(_RANDOM):
                _random(pair[0], pair[1], tally)
            elif layout := layouts.get(first.filename):
                storages.compare(*pair, layout, (first.file_size, second.file_size), tally)
            else:
                tally.part(name, *pair)
    if list(recorded) != list(new):
        tally.noise("order of members")
    _if_nothing_else(tally)


def tarred(before: Source, after: Source, tally: Tally) -> None:
    """Compare two tar archives; times, owners and order of members are noise."""
    with _untarred(before) as mine, _untarred(after) as its:
        recorded, new = _tar_members(mine), _tar_members(its)
        for name, first, second in _pairs(recorded, new, tally):
            if first.mtime != second.mtime:
                tally.noise("times of members")
            if (first.type, first.linkname) != (second.type, second.linkname):
                tally.says(f"{name} is another kind of member, or leads elsewhere")
            elif first.isreg():
                tally.part(name, _tar_member(mine, first, before.depth), _tar_member(its, second, after.depth))
    if list(recorded) != list(new):
        tally.noise("order of members")
    _if_nothing_else(tally)


def _pairs(recorded: dict[str, _M], new: dict[str, _M], tally: Tally) -> list[tuple[str, _M, _M]]:
    """Return the members that are on both sides, and say which are not."""
    for name in recorded.keys() ^ new.keys():
        tally.says(f"{name} stands only in what is {'recorded' if name in recorded else 'new'}")
    return [(name, recorded[name], new[name]) for name in recorded if name in new]


def _if_nothing_else(tally: Tally) -> None:
    """Name what is left where all members are the same and the archives are not."""
    if tally.outcome().grade == "same":
        tally.noise("compression of the archive")


def _random(before: Source, after: Source, tally: Tally) -> None:
    if not same_bytes(before, after):
        tally.noise("random identifier")


def _opened(source: Source) -> zipfile.ZipFile:
    """Open an archive once its directory is known to be of a size to be read."""
    if source.depth >= DEEPEST:
        raise Unreadable("archives inside archives, too deep")
    file = source.open()
    try:
        _check_directory(file)
        return zipfile.ZipFile(file)
    except zipfile.BadZipFile as error:
        file.close()
        raise Unreadable(f"is no zip archive: {error}") from None
    except BaseException:
        file.close()
        raise


def _check_directory(file: BinaryIO) -> None:
    """Refuse a directory of members that is larger than any made in good faith; `zipfile` would read it whole."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(size - _ENDING, 0))
    ending = file.read(_ENDING)
    found = ending.rfind(b"PK\x05\x06")
    wide = ending.rfind(b"PK\x06\x06")  # zip64, where the plain fields are full
    if found >= 0 and len(ending) >= found + 16:
        length = struct.unpack_from("<I", ending, found + 12)[0]
        if length == 0xFFFFFFFF and wide >= 0 and len(ending) >= wide + 48:
            length = struct.unpack_from("<Q", ending, wide + 40)[0]
        if length > _DIRECTORY_MOST:
            raise Unreadable("its directory of members is too large")
    file.seek(0)


def _zip_members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Return the files in an archive by name; below the one directory that PyTorch names after the file itself."""
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) > _MOST_MEMBERS:
        raise Unreadable(f"has more than {_MOST_MEMBERS} members")
    packed = [member for member in members if member.compress_type != zipfile.ZIP_STORED]
    if sum(member.file_size for member in packed) > UNPACKED:
        raise Unreadable("unpacks to too much")
    if any(member.flag_bits & 1 for member in members):
        raise Unreadable("is encrypted")
    top = storages.top_of(archive)
    return {member.filename.removeprefix(top): member for member in members}


def _zip_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, depth: int) -> Source:
    return Source(name, lambda: cast(BinaryIO, archive.open(member)), depth + 1)


def _untarred(source: Source) -> tarfile.TarFile:
    if source.depth >= DEEPEST:
        raise Unreadable("archives inside archives, too deep")
    # Going back in a compressed stream means unpacking it again from its start.
    file: IO[bytes] = io.BytesIO(source.read(_IN_MEMORY)) if source.depth else source.open()
    try:
        return tarfile.open(fileobj=file, mode="r:")  # closed by whoever asked
    except tarfile.TarError as error:
        file.close()
        raise Unreadable(f"is no tar archive: {error}") from None


def _tar_members(archive: tarfile.TarFile) -> dict[str, tarfile.TarInfo]:
    found: dict[str, tarfile.TarInfo] = {}
    for member in archive:
        found[member.name] = member
        if len(found) > _MOST_MEMBERS:
            raise Unreadable(f"has more than {_MOST_MEMBERS} members")
    return found


def _tar_member(archive: tarfile.TarFile, member: tarfile.TarInfo, depth: int) -> Source:
    return Source(member.name, lambda: cast(BinaryIO, archive.extractfile(member)), depth + 1)
