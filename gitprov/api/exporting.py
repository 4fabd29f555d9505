"""A run in a format of others, for their tools: read from the records, completed by what is at hand."""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final, NamedTuple

from blake3 import blake3

from gitprov import __version__
from gitprov.api.data.storing import open_store
from gitprov.api.reading import everything
from gitprov.api.resolve import resolve
from gitprov.api.session import Session
from gitprov.artifacts.hashing import OPEN, digest_bytes
from gitprov.artifacts.store.damage import Damaged
from gitprov.errors import NotFound, ProvError
from gitprov.exporters import in_toto
from gitprov.exporters.in_toto import Known
from gitprov.gitrepo.read import CatFile
from gitprov.model.ids import ABBREV
from gitprov.model.records import Run
from gitprov.model.results import Problem
from gitprov.model.run import Artifact
from gitprov.model.text import single_line, unquote
from gitprov.records.attachments import Listings

_PIECE: Final = 1 << 20
_LISTED: Final = 8
_B3, _GIT = "b3:", "git:"


class Exported(NamedTuple):
    """A document, and what there is to know of it."""

    content: bytes
    problems: list[Problem]
    notes: list[str]


def in_toto_statement(session: Session, name: str, *, sign: bool = False) -> Exported:
    """Return a run as an in-toto statement; with `sign`, in a signed envelope.

    Raises `NotFound` where the name means no run or several, `ProvError` for a run that made nothing known by its
    digest, and where it cannot be signed.
    """
    reading = everything(session)
    found = resolve(session, reading, name)
    if len(found) > 1:
        listed = ", ".join(match.stored.id[:ABBREV] for match in found[:_LISTED])
        raise NotFound(f"{single_line(name, 60)} has {len(found)} runs: {listed}", hint="name one of them by its id")
    run, raw = found[0].stored.record, found[0].stored.raw
    assert isinstance(run, Run)
    made = in_toto.subjects(run)
    if not made:
        raise ProvError(
            f"run {run.id[:ABBREV]} is not known to have made anything, and a statement is about what was made",
            hint="a run is told of its outputs: git prov run -o PATH",
        )
    hashed = dict(_sha256(session, made))
    directories = _directories(session, [one for one in (*run.input, *made) if one.digest not in hashed])
    content = in_toto.payload(in_toto.statement(run, Known(digest_bytes(raw), __version__, directories, hashed)))
    notes = _without_sha256([one for one in made if one.digest not in hashed])
    if not sign:
        document = json.dumps(json.loads(content), ensure_ascii=False, indent=2).encode()
        return Exported(document + b"\n", reading.problems, notes)
    from gitprov.api.attesting import signature

    signed = signature(session, in_toto.to_sign(content))
    document = json.dumps(in_toto.envelope(content, [signed])).encode()
    return Exported(document + b"\n", reading.problems, [*notes, f"signed with the key {signed.keyid}"])


def _without_sha256(made: Iterable[Artifact]) -> list[str]:
    names = [single_line(one.path, 60) for one in made]
    if not names:
        return []
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return [f"no SHA-256 of {', '.join(names[:_LISTED])}{more}: the bytes are not at hand, or it is a directory"]


def _directories(session: Session, artifacts: Iterable[Artifact]) -> frozenset[str]:
    """The digests of these that are of a directory: its listing is kept."""
    with Listings(session.repo) as listings:
        digests = {one.digest for one in artifacts if one.digest and one.digest.startswith(_B3)}
        return frozenset(digest for digest in digests if digest in listings)


def _sha256(session: Session, made: Iterable[Artifact]) -> Iterator[tuple[str, str]]:
    """The SHA-256 of those whose bytes are at hand and are still what was recorded."""
    store, reader = open_store(session), CatFile(session.repo)
    try:
        for one in made:
            digest = one.digest or ""
            found = ""
            if digest.startswith(_GIT):
                blob = reader.get(digest.removeprefix(_GIT))
                found = hashlib.sha256(blob.data).hexdigest() if blob and blob.kind == "blob" else ""
            elif file := _file(session, one):
                with file:
                    found = _both(file, digest)
            if not found and digest.startswith(_B3) and store.has(digest):
                try:
                    with store.open(digest) as kept:
                        found = _both(kept, digest)
                except (Damaged, NotFound, OSError):
                    continue
            if found:
                yield digest, found
    finally:
        reader.close()


def _file(session: Session, one: Artifact) -> BinaryIO | None:
    """The file of the working tree, or of the system, where it is one."""
    path = unquote(one.path)
    if not one.absolute:
        if session.repo.worktree is None:
            return None
        path = os.path.join(os.fsencode(session.repo.worktree), path)
    if not os.path.isfile(path):
        return None
    try:
        return os.fdopen(os.open(path, OPEN), "rb")
    except OSError:
        return None


def _both(file: BinaryIO, digest: str) -> str:
    """The SHA-256 of a file; "" where its BLAKE3 digest is another one."""
    sha256, b3 = hashlib.sha256(), blake3()
    while piece := file.read(_PIECE):
        sha256.update(piece)
        b3.update(piece)
    return sha256.hexdigest() if _B3 + b3.hexdigest() == digest else ""
