"""Making objects: ids are computed here as git computes them, and git itself stores the bytes.

All the objects of one change travel to git in one pack on the standard input of `git unpack-objects`: one process,
whatever the repository's format, and git names each object again by its own reckoning, so that a mistake
here could only make a missing object, which `update-ref` refuses, never a wrong one.
"""

import zlib
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, Protocol

from gitprov.gitrepo.process import Git

_PACK_TYPES = {"commit": 1, "tree": 2, "blob": 3}


class TreeEntry(NamedTuple):
    """One line of a tree: `mode` as git writes it ("100644", "40000"), `name` as bytes, the object id."""

    mode: str
    name: bytes
    oid: str

    @property
    def is_tree(self) -> bool:
        """Whether the entry is a directory."""
        return self.mode == "40000"


class Signature(NamedTuple):
    """An author or committer line: `Name <email>`, seconds since 1970, offset as "+0100"."""

    person: str
    seconds: int
    offset: str = "+0000"

    def __str__(self) -> str:
        return f"{self.person} {self.seconds} {self.offset}"


class Objects:
    """New objects, kept until `store` hands them to git all at once. Storing what exists already changes nothing."""

    def __init__(self, object_format: str) -> None:
        self.object_format = object_format
        self._hash = hash_of(object_format)
        self._pending: dict[str, tuple[str, bytes]] = {}

    def blob(self, data: bytes) -> str:
        """The id of a blob with these bytes."""
        return self._add("blob", data)

    def tree(self, entries: Iterable[TreeEntry]) -> str:
        """The id of a tree of these entries, in any order."""
        ordered = sorted(entries, key=lambda entry: entry.name + b"/" if entry.is_tree else entry.name)
        lines = (f"{entry.mode} ".encode() + entry.name + b"\0" + bytes.fromhex(entry.oid) for entry in ordered)
        return self._add("tree", b"".join(lines))

    def commit(
        self,
        tree: str,
        parents: Sequence[str],
        author: Signature,
        message: str | bytes,
        committer: Signature | None = None,
    ) -> str:
        """The id of a commit; the message is UTF-8, as it stands."""
        head = [f"tree {tree}", *(f"parent {parent}" for parent in parents)]
        head += [f"author {author}", f"committer {committer or author}", "", ""]
        body = message if isinstance(message, bytes) else message.encode()
        return self._add("commit", "\n".join(head).encode("utf-8", "surrogateescape") + body)

    def pending(self, oid: str) -> bytes | None:
        """The bytes of an object made here and not stored yet."""
        found = self._pending.get(oid)
        return found[1] if found else None

    def store(self, git: Git) -> None:
        """Hand everything to git. Raises `GitFailed`; nothing refers to the objects until a ref does."""
        if self._pending:
            git.run("unpack-objects", "-q", data=self._pack())
            self._pending.clear()

    def _add(self, kind: str, data: bytes) -> str:
        oid = self._hash(f"{kind} {len(data)}\0".encode() + data).hexdigest()
        self._pending[oid] = (kind, data)
        return oid

    def _pack(self) -> bytes:
        parts = [b"PACK", (2).to_bytes(4, "big"), len(self._pending).to_bytes(4, "big")]
        for kind, data in self._pending.values():
            parts.append(entry_header(kind, len(data)))
            parts.append(zlib.compress(data, 1))  # on its way through a pipe only: git compresses it again
        body = b"".join(parts)
        return body + self._hash(body).digest()


def blob_id(data: bytes, object_format: str) -> str:
    """The id that a blob with these bytes has."""
    return hash_of(object_format)(f"blob {len(data)}\0".encode() + data).hexdigest()


class Hash(Protocol):
    """What names objects and closes packs, as in `hashlib`."""

    def update(self, data: bytes, /) -> None:
        """Take in more bytes."""

    def digest(self) -> bytes:
        """The hash of what was taken in, as bytes."""

    def hexdigest(self) -> str:
        """The same, as hex digits."""


NewHash = Callable[[bytes], Hash]


def hash_of(object_format: str) -> NewHash:
    """The hash that repositories of this format name objects by."""
    return _sha256() if object_format == "sha256" else _sha1()


def _sha1() -> NewHash:
    """SHA-1 from the interpreter itself: `hashlib` loads OpenSSL, which costs a run as much as three git calls."""
    try:
        from _sha1 import sha1  # type: ignore[import-not-found]
    except ImportError:
        from hashlib import sha1
    new: NewHash = sha1
    return new


def _sha256() -> NewHash:
    from hashlib import sha256

    return sha256


def entry_header(kind: str, size: int) -> bytes:
    """The type and size of a pack entry, as in gitformat-pack: 4 bits of size first, then 7 a byte."""
    first = (_PACK_TYPES[kind] << 4) | (size & 15)
    size >>= 4
    out = bytearray()
    while size:
        out.append(first | 0x80)
        first = size & 0x7F
        size >>= 7
    out.append(first)
    return bytes(out)


def parse_tree(data: bytes, object_format: str) -> list[TreeEntry]:
    """The entries of a raw tree object, in its order."""
    width = 32 if object_format == "sha256" else 20
    entries, at = [], 0
    while at < len(data):
        space = data.index(b" ", at)
        nul = data.index(b"\0", space)
        end = nul + 1 + width
        entries.append(TreeEntry(data[at:space].decode("ascii"), data[space + 1 : nul], data[nul + 1 : end].hex()))
        at = end
    return entries
