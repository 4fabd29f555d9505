"""Data in a repository's data refs, put there the way the program puts it."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from blake3 import blake3

from gitprov.records import writer
from gitprov.records.deposit import depositing
from gitprov.records.statements import Document
from gitprov.records.writer import Addition
from support.records import BY, session_in
from support.repo import RepoBuilder


def digest_of(data: bytes) -> str:
    """Return the digest of bytes."""
    return f"b3:{blake3(data).hexdigest()}"


def deposit(path: Path, contents: Sequence[bytes] = (), documents: Sequence[Document] = ()) -> dict[str, str]:
    """Bring attachments and statements into the data ref of the repository at `path`; returns what was new."""
    session = session_in(path)
    with depositing(session.repo, session.state) as made:
        for content in contents:
            made.attachment(digest_of(content), content)
        for document in documents:
            made.statement(document)
    writer.append(session.repo, session.state, Addition(stored=made.stored))
    return made.stored


def data_commit(repo: RepoBuilder, blobs: Mapping[str, bytes], writer_id: str = "other", mode: str = "100644") -> str:
    """Commit blobs at any places of a data ref's tree, as another program might."""
    rows: dict[str, list[str]] = {}
    for place, data in blobs.items():
        directory, _, name = place.partition("/")
        oid = repo.git("hash-object", "-w", "--stdin", stdin=data)
        rows.setdefault(directory, []).append(f"{mode} blob {oid}\t{name}\n")
    trees = {directory: repo.git("mktree", stdin="".join(lines)) for directory, lines in rows.items()}
    root = repo.git("mktree", stdin="".join(f"040000 tree {oid}\t{name}\n" for name, oid in trees.items()))
    ref = f"refs/prov/data/{writer_id}"
    parents = [word for tip in repo.refs(ref).values() for word in ("-p", tip)]
    commit = repo.git("commit-tree", root, *parents, "-m", "data")
    repo.git("update-ref", ref, commit)
    return commit


def said(digest: str = "", **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    """Return the fields of a statement."""
    return {"digest": digest or digest_of(b"data"), "at": "2026-01-02T03:04:05Z", "by": BY, **fields}


def line_of(fields: Mapping[str, Any]) -> bytes:
    """Return fields as a document, whatever they are."""
    return json.dumps({"schema": 1, **fields}).encode() + b"\n"


def object_file(repo: RepoBuilder, oid: str) -> Path:
    """Return the file of a loose object."""
    return repo.path / ".git/objects" / oid[:2] / oid[2:]


def flip_a_bit(file: Path, at: int = -8) -> None:
    """Change one bit of a file, which may be read-only."""
    data = bytearray(file.read_bytes())
    data[at] ^= 1
    file.chmod(0o644)
    file.write_bytes(data)
