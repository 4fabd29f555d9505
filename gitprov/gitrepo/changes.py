"""What differs between commits, and between a commit and the index: paths with their blobs. No file on disk is read.

Renames are not guessed here: a path that goes and one that comes are two differences.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from gitprov.errors import GitFailed
from gitprov.gitrepo.objects import hash_of
from gitprov.gitrepo.process import Running, text
from gitprov.gitrepo.repo import Repo

GITLINK: Final = "160000"
SYMLINK: Final = "120000"

# Whatever the person has set for `git diff`.
_RAW: Final = ("--raw", "-z", "--no-renames", "--no-abbrev", "--ignore-submodules=none", "--no-relative")


class Difference(NamedTuple):
    """A path that differs: mode and blob before and after, each "" where there is nothing. Paths as in `text`."""

    path: str
    old_mode: str
    old: str
    mode: str
    new: str

    @property
    def in_mode_alone(self) -> bool:
        """Whether the bytes are the same and only the permission to execute differs."""
        return self.old == self.new and self.old_mode.startswith("100") and self.mode.startswith("100")


def empty_tree(repo: Repo) -> str:
    """The id of the tree with nothing in it, which git knows without having it."""
    return hash_of(repo.object_format)(b"tree 0\0").hexdigest()


def start_staged(repo: Repo, parent: str) -> Running:
    """Begin to compare the index with a commit or tree, for `parse`.

    What is only meant to be added (`git add -N`) is not in the index yet.
    """
    return repo.git.start("diff-index", "--cached", "--ita-invisible-in-index", *_RAW, parent, "--")


def between(repo: Repo, old: str, new: str) -> list[Difference]:
    """What differs between two commits or trees. Raises `GitFailed`."""
    return parse(repo.git.run("diff-tree", "-r", *_RAW, old, new, "--"))


def parse(output: bytes) -> list[Difference]:
    """The differences that git printed; what is not merged yet is in none."""
    return [one for _, differences in _commits(output) for one in differences]


def by_commit(repo: Repo, commits: Iterable[str]) -> dict[str, list[Difference]]:
    """What each commit changed: of a merge, what is in none of its parents, `old` being that of the first."""
    asked = list(commits)
    found: dict[str, list[Difference]] = {oid: [] for oid in asked}
    if asked:
        lines = "".join(f"{oid}\n" for oid in asked).encode()
        for oid, differences in _commits(repo.git.run("diff-tree", "-r", "-c", "--root", "--stdin", *_RAW, data=lines)):
            found.setdefault(oid, []).extend(differences)
    return found


def _commits(output: bytes) -> Iterator[tuple[str, list[Difference]]]:
    """Read raw differences, a commit's id before its own."""
    words = iter(text(output).split("\0")[:-1])
    commit = ""
    found: list[Difference] = []
    for word in words:
        if not word.startswith(":"):
            yield commit, found
            commit, found = word, []
            continue
        if one := _difference(word, next(words, "")):
            found.append(one)
    yield commit, found


def _difference(meta: str, path: str) -> Difference | None:
    """One line: `:<modes before> <mode> <blobs before> <blob> <status>`, with as many before as there are colons."""
    parents = len(meta) - len(meta.lstrip(":"))
    fields = meta[parents:].split(" ")
    old_mode, mode, old, new = fields[0], fields[parents], fields[parents + 1], fields[2 * parents + 1]
    if fields[-1].startswith("U"):
        return None
    return Difference(path, *_there(old_mode, old), *_there(mode, new))


def _there(mode: str, oid: str) -> tuple[str, str]:
    return (mode, oid) if mode.strip("0") else ("", "")


def index_entries(repo: Repo, paths: Iterable[str] | None = None) -> dict[str, tuple[str, str]]:
    """Mode and blob of what the index holds at these paths, or at all; what is not merged is left out."""
    wanted = None if paths is None else {path for path in paths if path}
    if wanted is not None and not wanted:
        return {}
    named = sorted(wanted) if wanted and sum(map(len, wanted)) <= _ROOM else []
    top = ("-C", repo.worktree) if repo.worktree else ()
    rows = repo.git.run(*top, "--literal-pathspecs", "ls-files", "-s", "-z", "--full-name", "--", *named)
    found = {}
    for row in text(rows).split("\0")[:-1]:
        meta, _, path = row.partition("\t")
        mode, oid, stage = meta.split(" ")
        if stage == "0" and (wanted is None or path in wanted):
            found[path] = mode, oid
    return found


_ROOM: Final = 64 << 10
"""Characters of paths that surely fit on a command line."""


def blob_sizes(repo: Repo, oids: Iterable[str]) -> dict[str, int]:
    """The sizes of blobs in bytes; what is not here is left out."""
    wanted = list(dict.fromkeys(oids))
    if not wanted:
        return {}
    asked = "".join(f"{oid}\n" for oid in wanted).encode()
    rows = repo.git.run("cat-file", "--batch-check=%(objectname) %(objecttype) %(objectsize)", data=asked)
    words = (row.split(" ") for row in rows.decode().splitlines())
    return {row[0]: int(row[2]) for row in words if len(row) == 3 and row[1] == "blob"}


def smudged(repo: Repo, path: str, oid: str) -> bytes | None:
    """A blob as a checkout would write it at a path; `None` where a filter fails. Nothing of Git LFS is fetched."""
    top = ("-C", repo.worktree) if repo.worktree else ()
    asked = repo.git.start(*top, "cat-file", "--filters", f"--path={path}", oid, env={"GIT_LFS_SKIP_SMUDGE": "1"})
    data = asked.output(check=False)
    return data if asked.returncode == 0 else None


def merge_heads(repo: Repo) -> list[str]:
    """The commits that the next commit merges besides HEAD.

    While `git merge` runs its first hook, `pre-merge-commit`, they stand in no file yet, but in its environment.
    """
    try:
        with open(os.path.join(repo.git_dir, "MERGE_HEAD"), encoding="ascii") as file:
            return file.read().split()
    except (OSError, UnicodeDecodeError):
        return [name.removeprefix(_MERGING) for name in repo.git.environ if name.startswith(_MERGING)]


_MERGING: Final = "GITHEAD_"


def commit_of(repo: Repo, name: str) -> str:
    """The commit that a name means; "" where there is none here."""
    asked = repo.git.start("rev-parse", "-q", "--verify", "--end-of-options", f"{name}^{{commit}}")
    answer = text(asked.output(check=False)).strip()
    return answer if asked.returncode == 0 else ""


def branch(repo: Repo) -> str:
    """The short name of the branch HEAD is on; "" where it is on none."""
    asked = repo.git.start("symbolic-ref", "-q", "HEAD")
    return text(asked.output(check=False)).strip().removeprefix("refs/heads/")


def default_branch(repo: Repo, remote: str) -> str:
    """The commit that the default branch of a remote is known to have stood at; "" where nobody knows."""
    names = ("HEAD", "main", "master") if remote in repo.remotes() else ()
    return next((oid for name in names if (oid := commit_of(repo, f"refs/remotes/{remote}/{name}"))), "")


def merge_bases(repo: Repo, one: str, other: str) -> list[str]:
    """The best common ancestors of two commits. Raises `GitFailed` where they cannot be looked for."""
    asked = repo.git.start("merge-base", "--all", one, other)
    answer = asked.output(check=False)
    if asked.returncode > 1:
        raise GitFailed(f"git merge-base: {asked.error_words}", stderr=asked.error_words, returncode=asked.returncode)
    return answer.decode("ascii").split()


def commits_between(repo: Repo, tip: str, without: Iterable[str] = (), *, remote: str = "") -> list[str]:
    """The commits that lead to `tip` and not to `without`, nor to what `remote` is known to have, oldest first."""
    return [oid for oid in _walked(repo, tip, without, remote) if not oid.startswith("-")]


def boundary(repo: Repo, tip: str, without: Iterable[str] = (), *, remote: str = "") -> list[str]:
    """The commits that those of `commits_between` left: their parents that are not among them."""
    return [oid[1:] for oid in _walked(repo, tip, without, remote, "--boundary") if oid.startswith("-")]


def _walked(repo: Repo, tip: str, without: Iterable[str], remote: str, *options: str) -> list[str]:
    known = ("--not", f"--remotes={remote}") if remote else ()
    excluded = (f"^{oid}" for oid in without)
    return repo.git.run("rev-list", "--reverse", "--topo-order", *options, tip, *excluded, *known).decode().split()


def parents(repo: Repo, commit: str) -> list[str]:
    """The parents of a commit, as far as they are here."""
    return repo.git.run("rev-list", "--parents", "--max-count=1", commit).decode("ascii").split()[1:]


def cut_off(repo: Repo) -> frozenset[str]:
    """The commits at which history is cut off here: their parents are not known."""
    try:
        with open(os.path.join(repo.common_dir, "shallow"), encoding="ascii") as file:
            return frozenset(file.read().split())
    except OSError:
        return frozenset()


def messages(repo: Repo, commits: Iterable[str]) -> Mapping[str, str]:
    """The message of each commit."""
    asked = list(commits)
    if not asked:
        return {}
    lines = "".join(f"{oid}\n" for oid in asked).encode()
    shown = ("log", "--no-walk=unsorted", "--stdin", "-z", "--no-show-signature", "--no-notes", "--format=%H%n%B")
    rows = text(repo.git.run(*shown, data=lines)).split("\0")
    return {oid: words for oid, _, words in (row.partition("\n") for row in rows) if oid}
