"""Which blob is which attachment or statement, remembered in one file and brought up when the refs have moved.

The file is a cache: it may be lost, damaged or written by others at any moment. It ends with a check of all its bytes,
and what is not whole is made anew.
"""

import json
import mmap
import os
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from blake3 import blake3

from gitprov.errors import GitFailed
from gitprov.gitrepo.objects import blob_id
from gitprov.gitrepo.read import history
from gitprov.gitrepo.refs import list_refs
from gitprov.gitrepo.repo import Repo
from gitprov.model.results import Problem
from gitprov.records.data.added import Added, added
from gitprov.records.data.table import Table
from gitprov.records.layout import DATA, REMOTES, State
from gitprov.records.scratch import scratch

_VERSION: Final = 1
_HASH: Final = 32
_ID: Final = 16
_CHECK: Final = 32
_LENGTH: Final = 4


class Standing(NamedTuple):
    """A statement as the index knows it."""

    digest: str
    id: str
    blob: str


class Index:
    """What all data refs hold, our own and fetched ones."""

    def __init__(self, attachments: Table, statements: Table, problems: list[Problem], object_format: str) -> None:
        self._attachments = attachments
        self._statements = statements
        self._object_format = object_format
        self.problems = problems
        """Data commits that cannot be read."""

    def blobs(self, digest: str) -> list[str]:
        """The blobs that stand for an attachment: one, or several where somebody's is not what it should be."""
        return [row[_HASH:].hex() for row in self._attachments.starting(_key(digest))]

    def has(self, digest: str) -> bool:
        """Whether there is such an attachment."""
        return next(self._attachments.starting(_key(digest)), None) is not None

    def holds(self, digest: str, data: bytes) -> bool:
        """Whether one of the blobs that stand for an attachment has these bytes: somebody's may be another."""
        blobs = self.blobs(digest)
        return bool(blobs) and blob_id(data, self._object_format) in blobs

    def statements(self, digest: str = "") -> Iterator[Standing]:
        """The statements about one digest, or all of them, sorted by digest and id."""
        rows = self._statements.starting(_key(digest)) if digest else iter(self._statements)
        for row in rows:
            text = row.hex()
            yield Standing(f"b3:{text[: 2 * _HASH]}", text[2 * _HASH : 2 * (_HASH + _ID)], text[2 * (_HASH + _ID) :])


def _key(digest: str) -> bytes:
    return bytes.fromhex(digest.removeprefix("b3:"))


def open_index(repo: Repo) -> Index:
    """The index as of now. Raises `GitFailed` where the refs cannot be listed."""
    state = State(repo.common_dir)
    tips = _tips(repo)
    known = _load(_path(state), repo.object_format)
    if known.tips == tips:
        return Index(known.attachments, known.statements, [], repo.object_format)
    news = _news(repo, tips, known)
    if news is None:
        known = _none(repo.object_format)
        news = added(repo, sorted(tips))
    parts = known.attachments.with_rows(news.attachments), known.statements.with_rows(news.statements)
    if not news.broken:  # what is not whole now may be whole the next time
        _save(state, parts, tips)
    problems = [Problem(f"data commit {oid[:12]}", "is missing or damaged", "") for oid in news.broken]
    return Index(*_tables(parts, repo.object_format), problems, repo.object_format)


def _tips(repo: Repo) -> frozenset[str]:
    refs = list_refs(repo.git, DATA, REMOTES)
    data = (ref for ref in refs if ref.name.startswith(DATA) or "/data/" in ref.name)
    return frozenset(ref.oid for ref in data if ref.kind == "commit")


class _Known(NamedTuple):
    """What the file holds, and the tips it was made from."""

    tips: frozenset[str]
    attachments: Table
    statements: Table


def _news(repo: Repo, tips: frozenset[str], known: _Known) -> Added | None:
    """What the refs hold besides; `None` where they have lost something, so that all must be looked for anew."""
    try:
        found = added(repo, sorted(tips - known.tips), sorted(known.tips))
        left = known.tips - tips - found.boundary  # that it is no boundary does not yet say that it is gone
        return None if left and history(repo, left, hide=tips) else found
    except GitFailed:
        return None


def _path(state: State) -> str:
    return os.path.join(state.cache, "data-index")


def _tables(parts: tuple[bytes | memoryview, bytes | memoryview], object_format: str) -> tuple[Table, Table]:
    oid = 32 if object_format == "sha256" else 20
    attachments, statements = parts
    return Table(memoryview(attachments), _HASH + oid), Table(memoryview(statements), _HASH + _ID + oid)


def _none(object_format: str) -> _Known:
    return _Known(frozenset(), *_tables((b"", b""), object_format))


def _load(path: str, object_format: str) -> _Known:
    """Read the file: rows, rows, what they are as JSON and its length, a check of it all."""
    try:
        with open(path, "rb", buffering=0) as file:
            data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        if blake3(data[:-_CHECK]).digest() != data[-_CHECK:]:
            return _none(object_format)
        end = len(data) - _CHECK - _LENGTH
        start = end - int.from_bytes(data[end : end + _LENGTH], "big")
        what: dict[str, Any] = json.loads(bytes(data[start:end]))
        if (what["version"], what["format"]) != (_VERSION, object_format):
            return _none(object_format)
        parts = data[: what["attachments"]], data[what["attachments"] : start]
        return _Known(frozenset(what["tips"]), *_tables(parts, object_format))
    except (OSError, ValueError, KeyError):  # an empty file cannot be mapped: ValueError
        return _none(object_format)


def _save(state: State, parts: tuple[bytes, bytes], tips: frozenset[str]) -> None:
    format_ = "sha256" if tips and len(next(iter(tips))) == 64 else "sha1"
    what = {"version": _VERSION, "format": format_, "attachments": len(parts[0]), "tips": sorted(tips)}
    described = json.dumps(what).encode()
    pieces = (*parts, described, len(described).to_bytes(_LENGTH, "big"))
    check = blake3()
    try:
        os.makedirs(state.cache, exist_ok=True)
        new = scratch(state)
        with open(new, "wb") as file:
            for piece in pieces:
                check.update(piece)
                file.write(piece)
            file.write(check.digest())
        os.replace(new, _path(state))
    except OSError:
        return  # a cache
