"""Which blobs stand at which paths of a tree, for many trees that share most of what they hold."""

from collections.abc import Mapping

from gitprov.gitrepo.objects import parse_tree
from gitprov.gitrepo.read import bulk
from gitprov.gitrepo.repo import Repo


def listing(blobs: Mapping[bytes, str]) -> bytes:
    """Return the canonical bytes of a set of (path, blob), whose digest is a run's `code.files`.

    Sorted by path, each the blob's id, a space, the path from the repository's root, a NUL.
    """
    return b"".join(oid.encode("ascii") + b" " + path + b"\0" for path, oid in sorted(blobs.items()))


def parse_listing(content: bytes) -> dict[bytes, str]:
    """Return the set whose canonical bytes these are; empty where they are those of none."""
    blobs = {}
    for item in content.split(b"\0")[:-1]:
        oid, _, path = item.partition(b" ")
        if not oid.isalnum() or not oid.isascii():
            return {}
        blobs[path] = oid.decode("ascii")
    return blobs if listing(blobs) == content else {}


class Trees:
    """The trees of a repository, each read once. Only trees are read: nothing is fetched into a partial clone."""

    def __init__(self, repo: Repo) -> None:
        self._repo = repo
        self._read: dict[str, dict[bytes, str]] = {}

    def entry(self, tree: str, path: bytes) -> str:
        """Return the id of what stands at `path` in a tree; "" where there is nothing."""
        oid = tree
        for name in path.split(b"/"):
            oid = self._entries(oid).get(name, "") if oid else ""
        return oid

    def holds(self, tree: str, blobs: Mapping[bytes, str]) -> bool:
        """Tell whether every path stands in the tree with the same blob."""
        return all(self.entry(tree, path) == oid for path, oid in blobs.items())

    def _entries(self, oid: str) -> dict[bytes, str]:
        if oid not in self._read:
            found = bulk(self._repo).get(oid)  # asked for only here: most of the time no tree is needed
            rows = parse_tree(found.data, self._repo.object_format) if found and found.kind == "tree" else []
            self._read[oid] = {entry.name: entry.oid for entry in rows}
        return self._read[oid]
