"""Files that git itself has: their digest is `git:` and the id of a blob."""

from collections.abc import Iterable

from gitprov.artifacts.hashing import digest_bytes
from gitprov.artifacts.listing import Entry
from gitprov.errors import NotFound
from gitprov.gitrepo.repo import Repo

SCHEME = "git:"


def is_gits(digest: str) -> bool:
    """Whether git has the bytes."""
    return digest.startswith(SCHEME)


def blobs_of(repo: Repo, paths: Iterable[bytes]) -> dict[bytes, str]:
    """Return the digests that git gives to files of the working tree, by their paths from its top."""
    wanted = list(paths)
    if not wanted or repo.worktree is None:
        return {}
    quoted = [_quoted(path) for path in wanted]
    told = repo.git.run("-C", repo.worktree, "hash-object", "--stdin-paths", data=b"".join(quoted))
    return {path: f"{SCHEME}{oid}" for path, oid in zip(wanted, told.decode("ascii").split(), strict=True)}


def _quoted(path: bytes) -> bytes:
    """Return a line that `--stdin-paths` reads as this path."""
    if b"\n" in path or path.startswith(b'"') or path.endswith(b"\r"):
        escaped = path.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
        return b'"' + escaped + b'"\n'
    return path + b"\n"


def bytes_of(repo: Repo, digest: str, path: str) -> bytes | None:
    """Return a blob as a checkout would write it at this path; `None` where git has not got it."""
    oid = digest.removeprefix(SCHEME)
    asked = (
        repo.git.start("cat-file", "--filters", f"--path={path}", oid)
        if path
        else repo.git.start("cat-file", "blob", oid)
    )
    data = asked.output(check=False)
    return data if asked.returncode == 0 else None


class Blobs:
    """Blobs that are to be written as files, under the digest of what a checkout makes of them."""

    def __init__(self, repo: Repo) -> None:
        self._repo = repo
        self._uses: dict[str, tuple[str, str]] = {}

    def entry(self, digest: str, path: str) -> Entry:
        """Return the line of a listing that this file would be. Raises `NotFound` where git has not got it."""
        data = bytes_of(self._repo, digest, path)
        if data is None:
            raise NotFound(f"git has no {digest}", hint="it may be in another clone: git fetch")
        made = digest_bytes(data)
        self._uses[made] = digest, path
        return Entry("644", len(data), made, b"")

    def has(self, digest: str) -> bool:
        """Whether the bytes with this digest, of BLAKE3, are such a file."""
        return digest in self._uses

    def read(self, digest: str) -> bytes:
        """Return those bytes."""
        data = bytes_of(self._repo, *self._uses[digest])
        if data is None or digest_bytes(data) != digest:
            raise NotFound(f"git no longer has {self._uses[digest][0]}", hint="look at git fsck")
        return data
