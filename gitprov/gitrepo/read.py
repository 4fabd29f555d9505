"""Reading many objects: one face, two ways. `pick_reader` chooses once for a repository.

libgit2 is quick but does not open every repository that git opens (SHA-256, reftable), and does not fetch what a
partial clone left behind; `git cat-file --batch` does both. A contract suite holds them to the same answers.
"""

import subprocess
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, Protocol

from gitprov.errors import GitFailed
from gitprov.gitrepo.process import raw
from gitprov.gitrepo.repo import Repo

if TYPE_CHECKING:
    import pygit2

# As many requests as surely fit into a pipe while git is still answering the first of them.
_WINDOW = 256


class GitObject(NamedTuple):
    """An object: its id, kind, size in bytes, and its bytes: none where `size` is over the limit asked for."""

    oid: str
    kind: str
    size: int
    data: bytes


class Reader(Protocol):
    """Reads objects by id. What is not there is left out of `many` and is `None` from `get`."""

    def get(self, oid: str) -> GitObject | None:
        """One object, whole."""

    def many(self, oids: Iterable[str], limit: int | None = None) -> Iterator[GitObject]:
        """The objects in the order asked for; the bytes of one over `limit` are left out."""

    def close(self) -> None:
        """Let go of processes and files."""


class CatFile:
    """`git cat-file --batch`: works in every repository, and resolves names ("HEAD^{tree}", "refs/x:path") as well."""

    def __init__(self, repo: Repo) -> None:
        self._repo = repo
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "CatFile":
        """Start the git process now, so that it is ready when the first object is wanted."""
        self._running()
        return self

    def get(self, oid: str) -> GitObject | None:
        """The object an id or any revision expression names; `None` where there is none."""
        if "\n" in oid:
            return None
        process = self._running()
        self._ask(process, [oid])
        return self._answer(process, None)

    def many(self, oids: Iterable[str], limit: int | None = None) -> Iterator[GitObject]:
        """See `Reader.many`."""
        process = self._running()
        waiting = iter(oids)
        while window := list(islice(waiting, _WINDOW)):
            self._ask(process, window)
            answers = [self._answer(process, limit) for _ in window]
            yield from (answer for answer in answers if answer is not None)

    def close(self) -> None:
        """End the git process."""
        if self._process is not None:
            self._process.communicate()
            self._process = None

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            self._process = self._repo.git.popen(
                ("cat-file", "--batch"), stdin=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        return self._process

    def _ask(self, process: "subprocess.Popen[bytes]", names: list[str]) -> None:
        assert process.stdin is not None
        try:
            process.stdin.write(b"".join(raw(name) + b"\n" for name in names))
            process.stdin.flush()
        except BrokenPipeError:
            raise self._ended() from None

    def _answer(self, process: "subprocess.Popen[bytes]", limit: int | None) -> GitObject | None:
        assert process.stdout is not None
        head = process.stdout.readline()
        if not head:
            raise self._ended()
        words = head.split()
        if len(words) != 3 or not words[2].isdigit():
            return None  # "<name> missing", "<name> ambiguous"
        size = int(words[2])
        if limit is not None and size > limit:
            _skip(process, size + 1)
            data = b""
        else:
            data = process.stdout.read(size + 1)[:-1]
        return GitObject(words[0].decode("ascii"), words[1].decode("ascii"), size, data)

    def _ended(self) -> GitFailed:
        self._process = None
        return GitFailed("git cat-file ended early", hint="check the repository: git fsck")


def _skip(process: "subprocess.Popen[bytes]", size: int) -> None:
    assert process.stdout is not None
    while size > 0:
        size -= len(process.stdout.read(min(size, 1 << 20))) or size


class Libgit2:
    """pygit2's object database."""

    def __init__(self, repository: "pygit2.Repository") -> None:
        import pygit2

        self._odb = repository.odb
        self._kinds = {
            pygit2.enums.ObjectType.COMMIT: "commit",
            pygit2.enums.ObjectType.TREE: "tree",
            pygit2.enums.ObjectType.BLOB: "blob",
            pygit2.enums.ObjectType.TAG: "tag",
        }

    def get(self, oid: str) -> GitObject | None:
        """See `Reader.get`."""
        return next(self.many([oid]), None)

    def many(self, oids: Iterable[str], limit: int | None = None) -> Iterator[GitObject]:
        """See `Reader.many`."""
        import pygit2

        for oid in oids:
            try:
                kind, data = self._odb.read(oid)
            except (KeyError, ValueError, pygit2.GitError):
                continue
            whole = limit is None or len(data) <= limit
            yield GitObject(oid, self._kinds[pygit2.enums.ObjectType(kind)], len(data), data if whole else b"")

    def close(self) -> None:
        """Nothing is held open."""


def pick_reader(repo: Repo) -> Reader:
    """libgit2 where it opens this repository and can read all of it, else `git cat-file`."""
    if repo.is_partial or repo.object_format != "sha1":
        return CatFile(repo)
    import pygit2

    try:
        return Libgit2(pygit2.Repository(repo.git_dir))
    except (pygit2.GitError, KeyError, ValueError, UnicodeError):
        return CatFile(repo)


def history(repo: Repo, tips: Iterable[str], hide: Iterable[str] = ()) -> list[str]:
    """The commits reachable from `tips` and not from `hide`, oldest first. Raises `GitFailed` when the walk breaks."""
    wanted = list(tips)
    if not wanted:
        return []
    lines = "\n".join([*wanted, *(f"^{oid}" for oid in hide), ""])
    return repo.git.run("rev-list", "--stdin", "--reverse", "--topo-order", data=lines.encode()).decode("ascii").split()
