"""Reading many objects: one face, two ways. `pick_reader` chooses once for a repository.

libgit2 is quick but does not open every repository that git opens (SHA-256, reftable), and does not fetch what a
partial clone left behind; `git cat-file --batch` does both. A contract suite holds them to the same answers: an
object is what its id says, so neither follows `git replace`.
"""

import contextlib
import subprocess
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import IO, TYPE_CHECKING

from gitprov.errors import GitFailed
from gitprov.gitrepo.process import raw
from gitprov.gitrepo.reader import GitObject, Reader
from gitprov.gitrepo.repo import Repo
from gitprov.model.ids import is_oid

if TYPE_CHECKING:
    import pygit2

# As many requests as surely fit into a pipe while git is still answering the first of them.
_WINDOW = 256


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
        return None if "\n" in oid else self._window([oid], None)[0]

    def many(self, oids: Iterable[str], limit: int | None = None) -> Iterator[GitObject]:
        """See `Reader.many`."""
        waiting = iter(oids)
        while window := list(islice(waiting, _WINDOW)):
            yield from (answer for answer in self._window(window, limit) if answer is not None)

    def close(self) -> None:
        """End the git process."""
        if self._process is not None:
            with contextlib.suppress(BrokenPipeError):  # it ended before us, at a damaged object
                self._process.communicate()
            self._process = None

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            self._process = self._repo.git.popen(
                ("--no-replace-objects", "cat-file", "--batch"), stdin=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        return self._process

    def _window(self, names: list[str], limit: int | None) -> list[GitObject | None]:
        """The answers to these names, in their order. Git ends at a damaged object: the others are asked for anew."""
        answers: list[GitObject | None] = []
        while len(answers) < len(names):
            process = self._running()
            _ask(process, names[len(answers) :])
            try:
                while len(answers) < len(names):
                    answers.append(_answer(process, limit))
            except _DamagedError:
                self.close()
                answers.append(None)
        return answers


class _DamagedError(Exception):
    """Git knew of an object and could not give its bytes."""


def _ask(process: "subprocess.Popen[bytes]", names: list[str]) -> None:
    assert process.stdin is not None
    try:
        process.stdin.write(b"".join(raw(name) + b"\n" for name in names))
        process.stdin.flush()
    except BrokenPipeError:
        raise _ended() from None


def _answer(process: "subprocess.Popen[bytes]", limit: int | None) -> GitObject | None:
    """One object as git prints it: a line of id, kind and size, the bytes, a newline."""
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise _ended()
    words = line.split()
    if len(words) != 3 or not words[2].isdigit():
        return None  # "<name> missing", "<name> ambiguous"
    size = int(words[2])
    data = _take(process.stdout, size + 1, keep=limit is None or size <= limit)
    return GitObject(words[0].decode("ascii"), words[1].decode("ascii"), size, data[:-1])


def _take(stream: IO[bytes], size: int, *, keep: bool) -> bytes:
    """The next `size` bytes of a stream; none come back where they are not to be kept."""
    kept = []
    while size:
        piece = stream.read(min(size, 1 << 20))
        if not piece:
            raise _DamagedError
        size -= len(piece)
        if keep:
            kept.append(piece)
    return b"".join(kept)


def _ended() -> GitFailed:
    return GitFailed("git cat-file ended early", hint="check the repository: git fsck")


class Libgit2:
    """pygit2's object database. A loose object that is cut short it reads for ever: read what git has walked over."""

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

        for oid in filter(is_oid, oids):  # an abbreviation is a question of git's, not of the object store
            try:
                kind, size = self._odb.read_header(oid)
                data = self._odb.read(oid)[1] if limit is None or size <= limit else b""
            except (KeyError, ValueError, pygit2.GitError):
                continue
            yield GitObject(oid, self._kinds[pygit2.enums.ObjectType(kind)], size, data)

    def close(self) -> None:
        """Nothing is held open."""


_STORES = frozenset({"GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES"})
"""Environment variables by which git, and git alone, finds objects elsewhere."""


def bulk(repo: Repo) -> Reader:
    """The reader for many objects, picked the first time and then kept with the repository."""
    if repo.reader is None:
        repo.reader = pick_reader(repo)
    return repo.reader


def pick_reader(repo: Repo) -> Reader:
    """libgit2 where it opens this repository and can read all of it, else `git cat-file`."""
    if repo.is_partial or repo.object_format != "sha1" or not _STORES.isdisjoint(repo.git.environ):
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
    walk = ("--no-replace-objects", "rev-list", "--stdin", "--reverse", "--topo-order")
    return repo.git.run(*walk, data=lines.encode()).decode("ascii").split()
