"""The working tree: what differs from HEAD, and a tree of what is on disk, made without touching the user's index."""

import os
from collections.abc import Container, Iterable
from typing import NamedTuple

from gitprov.errors import ProvError
from gitprov.gitrepo.objects import TreeEntry, blob_id
from gitprov.gitrepo.process import Running, raw, text
from gitprov.gitrepo.repo import Repo


class Change(NamedTuple):
    """A path that differs from HEAD in the index or on disk. Paths are relative to the top, surrogate-escaped."""

    path: str
    untracked: bool
    submodule: str
    """Empty, or git's three letters: new commits, modified content, untracked content ("C", "M", "U" or ".")."""


class Status(NamedTuple):
    """What `git status` saw: HEAD's commit ("" before the first commit), the branch ("" when detached), the changes."""

    head: str
    branch: str
    changes: list[Change]

    @property
    def clean(self) -> bool:
        """Whether the tree on disk is HEAD's own: nothing staged, changed or untracked."""
        return not self.changes


def start_status(repo: Repo) -> Running:
    """Begin `git status`, to be read by `read_status`, so that other work goes on beside it."""
    return repo.git.start(
        "--no-replace-objects",
        "status",
        "--porcelain=v2",
        "--branch",
        "-z",
        "--untracked-files=all",
        "--ignore-submodules=none",
        "--no-renames",
    )


def read_status(running: Running) -> Status:
    """The answer of `start_status`."""
    head = branch = ""
    changes = []
    for item in text(running.output()).split("\0")[:-1]:
        match item[0]:
            case "#":
                _, name, value = item.split(" ", 2)
                if name == "branch.oid":
                    head = "" if value == "(initial)" else value
                elif name == "branch.head":
                    branch = "" if value == "(detached)" else value
            case "1":  # "1 XY sub mH mI mW hH hI path"
                fields = item.split(" ", 8)
                changes.append(Change(fields[8], untracked=False, submodule=_submodule(fields[2])))
            case "u":  # "u XY sub m1 m2 m3 mW h1 h2 h3 path"
                fields = item.split(" ", 10)
                changes.append(Change(fields[10], untracked=False, submodule=_submodule(fields[2])))
            case "?":
                changes.append(Change(item[2:], untracked=True, submodule=""))
    return Status(head, branch, changes)


def _submodule(field: str) -> str:
    return field[1:] if field.startswith("S") else ""


def snapshot_tree(repo: Repo, paths: Iterable[str], *, left_out: Iterable[str] = (), head: str = "") -> str:
    """The id of the tree the next commit would have if `paths`, and nothing else, were added as they are on disk.

    What is `left_out` stays as commit `head` has it, whatever is staged. Works on a copy of the index, so that
    unchanged files cost one stat and the user's index stays as it is. Git's own filters run on the paths given, as
    they would for `git add`. Raises `GitFailed`.
    """
    if repo.worktree is None:
        raise ProvError("there is no working tree here", hint="run this in a clone that has one")
    scratch = os.path.join(repo.common_dir, "prov", "tmp")
    os.makedirs(scratch, exist_ok=True)
    index = os.path.join(scratch, f"index-{os.urandom(8).hex()}")
    try:
        _copy_index(repo, index)
        there, gone = _by_presence(repo.worktree, paths)
        held = tree_entries(repo, head, left_out) if head else {}
        removals = [f"0 {repo.null_oid}\t{path}" for path in (*gone, *left_out) if not path.endswith("/")]
        returns = [f"{entry.mode} {entry.oid}\t{path}" for path, entry in held.items()]
        if removals:
            _change_index(repo, index, "-z", "--index-info", lines=[*removals, *returns])
        _change_index(repo, index, "--add", "--remove", "--replace", "-z", "--stdin", lines=there)
        return text(repo.git.run(*_PLAIN, "write-tree", env={"GIT_INDEX_FILE": index})).strip()
    finally:
        for leftover in (index, index + ".lock"):
            if os.path.exists(leftover):
                os.unlink(leftover)


# Whatever the user has set, the copy is a whole index, made without asking a monitor and without a word on line ends.
_PLAIN = ("-c", "core.fsmonitor=false", "-c", "core.safecrlf=false", "-c", "core.splitIndex=false")


def _copy_index(repo: Repo, target: str) -> None:
    from shutil import copyfile  # it brings its compressors along, and a clean tree needs none of this

    source = os.path.join(repo.git_dir, "index")
    try:
        copyfile(source, target)
    except FileNotFoundError:
        return  # no commit and nothing staged yet: git begins an empty one
    # git trusts a stat entry only when the file is older than the index: the copy must not look younger.
    times = os.stat(source)
    os.utime(target, ns=(times.st_atime_ns, times.st_mtime_ns))


def _change_index(repo: Repo, index: str, *options: str, lines: Iterable[str]) -> None:
    data = b"".join(raw(line) + b"\0" for line in lines)
    at_top = ("-C", repo.worktree or "")
    repo.git.run(*at_top, *_PLAIN, "update-index", *options, data=data, env={"GIT_INDEX_FILE": index})


def _by_presence(top: str, paths: Iterable[str]) -> tuple[list[str], list[str]]:
    """The paths that are on disk and those that are not: what lies behind a symbolic link is elsewhere, for git too."""
    there: list[str] = []
    gone: list[str] = []
    real_top = os.path.realpath(top)
    is_real: dict[str, bool] = {"": True}
    for path in paths:
        parent = os.path.dirname(path)
        if parent not in is_real:
            is_real[parent] = os.path.realpath(os.path.join(top, parent)) == os.path.join(real_top, parent)
        (there if is_real[parent] and os.path.lexists(os.path.join(top, path)) else gone).append(path)
    return there, gone


_ROOM = 64 << 10
"""Characters of paths that surely fit on a command line."""


def tree_entries(repo: Repo, tree: str, paths: Iterable[str]) -> dict[str, TreeEntry]:
    """What `tree` holds at the given paths (relative to the top): files and submodules; what it has not is left out."""
    wanted = {path for path in paths if path}
    if not wanted:
        return {}
    named = sorted(wanted) if sum(map(len, wanted)) <= _ROOM else ()  # else all are listed
    listing = repo.git.run("--literal-pathspecs", "ls-tree", "-r", "-z", "--full-tree", tree, "--", *named)
    return parse_listing(text(listing), wanted)


def parse_listing(listing: str, wanted: Container[str]) -> dict[str, TreeEntry]:
    """What `git ls-tree -r -z` printed of the wanted paths."""
    found = {}
    for item in listing.split("\0")[:-1]:
        meta, _, path = item.partition("\t")
        mode, _, oid = meta.split(" ")
        if path in wanted:
            found[path] = TreeEntry(mode, raw(path), oid)
    return found


def changed_by_checkout(repo: Repo, tree: str, paths: Iterable[str]) -> list[str]:
    """The files among `paths` that a checkout of `tree` would not give back as they are on disk, byte for byte.

    Git itself may change a text file when it is added (line ends, encodings), and not change it back. What a filter
    such as Git LFS cleans is the filter's to restore, and is not asked for.
    """
    top = repo.worktree or ""
    files = {path: entry.oid for path, entry in tree_entries(repo, tree, paths).items() if entry.mode.startswith("100")}
    altered = [path for path, oid in files.items() if blob_id(_bytes(top, path), repo.object_format) != oid]
    if not altered:
        return []
    listing = b"".join(raw(path) + b"\0" for path in altered)
    said = text(repo.git.run("-C", top, "check-attr", "-z", "--stdin", "filter", data=listing)).split("\0")
    filtered = {path for path, value in zip(said[::3], said[2::3], strict=False) if value not in _NO_FILTER}
    return [
        path for path in altered if path not in filtered and _restored(repo, path, files[path]) != _bytes(top, path)
    ]


_NO_FILTER = ("unspecified", "unset")


def _restored(repo: Repo, path: str, oid: str) -> bytes:
    return repo.git.run("-C", repo.worktree or "", "cat-file", "--filters", f"--path={path}", oid)


def _bytes(top: str, path: str) -> bytes:
    with open(os.path.join(top, path), "rb") as file:
        return file.read()


def submodule_paths(repo: Repo) -> list[str]:
    """Where `.gitmodules` says submodules are mounted, relative to the top."""
    listed = os.path.join(repo.worktree or "", ".gitmodules")
    if not os.path.exists(listed):
        return []
    running = repo.git.start("config", "--file", listed, "-z", "--get-regexp", r"^submodule\..*\.path$")
    return [item.partition("\n")[2] for item in text(running.output(check=False)).split("\0")[:-1]]
