"""What a run is said to read and write: `-i` and `-o`, from patterns to entries of the record.

A recorded path is where the bytes really are: relative to the repository where they lie in it, else absolute and
marked. So a symbolic link on the way to a file is resolved. A link that is itself named keeps its name where it leads
to a file in the repository, and the bytes of that file are hashed.
"""

import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

from gitprov.artifacts.hashing import Digester, digest_file
from gitprov.artifacts.listing import describe
from gitprov.capture.files.folding import Group, Item, fold, fold_apart
from gitprov.capture.files.patterns import is_pattern, matches
from gitprov.capture.realpaths import below, is_inside, really
from gitprov.errors import ProvError
from gitprov.model.text import quote, unsafe_path

How = Literal["traced", "declared", "api"]
Kind = Literal["file", "directory", "missing"]
MOST_UNFOLDED: Final = 16
"""More entries than this below one directory are recorded as that directory."""


class Declared(NamedTuple):
    """One thing that was declared, as it is found."""

    path: str
    """As it is recorded: in the form of `model.text.quote`, repository-relative unless `absolute`."""
    real: str
    """Where it is for the system."""
    kind: Kind
    root: str = ""
    """What `path` is relative to; `/` where it is not in the repository."""
    absolute: bool = False
    named: bool = True
    """Whether it was named itself, not by a pattern: a directory that was stays one entry."""
    reason: str = ""
    """Why it is `missing`."""


class Hashed(NamedTuple):
    """What goes into the record, and the listings that its directory digests stand for."""

    entries: list[dict[str, Any]]
    """`path`, `absolute` where true, `digest`, `size` (bytes), `files`, `how`; sorted by path."""
    listings: dict[str, bytes]
    problems: list[str]
    """What could not be hashed or is not certain, in words."""


def expand(patterns: Sequence[str], base_dir: str, worktree: str, *, required: bool = True) -> list[Declared]:
    """Return what patterns name, seen from `base_dir`: files, directories, and globs with `**`; each path once.

    A pattern that names nothing, or a path that cannot be used, is a ProvError; with `required=False`, as for outputs,
    it is `missing`. `worktree` may be empty: then everything is outside.
    """
    root = os.path.realpath(worktree) if worktree else ""
    found: dict[str, Declared] = {}
    for pattern in patterns:
        for one in _expanded(pattern, base_dir, root):
            if required and one.kind == "missing" and one.named:
                raise ProvError(
                    f"{one.path} {one.reason}", hint="name files, directories or patterns, as seen from where you stand"
                )
            if one.named or one.path not in found:
                found[one.path] = one
    return sorted(found.values())


def hash_declared(
    declared: Iterable[Declared],
    how: How = "declared",
    tracked: Mapping[str, str] | None = None,
    digest: Digester = digest_file,
) -> Hashed:
    """Hash what was declared, folded so that no more than 16 entries stand below one directory.

    `tracked` gives the blob ids of files that are as Git has them, by recorded path: they need no hashing where they
    stand alone. What is below a directory that is named itself goes with it. What was traced is many files that nobody
    named: there, tracked files do not make others fold.
    """
    hashing = _Hashing(how, tracked or {}, digest)
    hashing.add_all(declared)
    hashing.done.entries.sort(key=lambda entry: str(entry["path"]))
    return hashing.done


def _expanded(pattern: str, base_dir: str, root: str) -> list[Declared]:
    full = os.path.join(base_dir, pattern)
    if pattern and os.path.lexists(full):
        return [_found(full, root, named=True)]
    paths = matches(pattern, base_dir) if is_pattern(pattern) else []
    reason = "names nothing" if is_pattern(pattern) else "does not exist"
    return [_found(path, root, named=False) for path in paths] or [_missing(pattern, full, reason)]


def _missing(name: str, real: str, reason: str, *, named: bool = True) -> Declared:
    return Declared(quote(name), real, "missing", named=named, reason=reason)


def _found(full: str, root: str, *, named: bool) -> Declared:
    """Return what stands at a path of the file system."""
    real = really(full, root)
    try:
        mode = os.stat(real).st_mode
    except OSError as error:
        return _missing(full, real, f"cannot be read: {error.strerror}", named=named)
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        return _missing(full, real, "is neither a file nor a directory", named=named)
    kind: Kind = "directory" if stat.S_ISDIR(mode) else "file"
    if not is_inside(real, root):
        return Declared(quote(real), real, kind, "/", absolute=True, named=named)
    path = quote(below(real, root) or ".")
    if reason := unsafe_path(path):
        return _missing(full, real, f"cannot be recorded: it {reason}", named=named)
    return Declared(path, real, kind, root, named=named)


def _is_below(one: Declared, named: Mapping[str, Declared]) -> bool:
    """Tell whether one of the named directories holds this."""
    directory = one.real
    while (parent := os.path.dirname(directory)) != directory:
        if parent in named:
            return True
        directory = parent
    return False


class _Hashing:
    """The work of `hash_declared`."""

    def __init__(self, how: How, tracked: Mapping[str, str], digest: Digester) -> None:
        self._how: How = how
        self._tracked = tracked
        self._digest = digest
        self.done = Hashed([], {}, [])

    def add_all(self, declared: Iterable[Declared]) -> None:
        named: dict[str, Declared] = {}
        loose: list[Declared] = []
        for one in declared:
            if one.kind == "missing":
                self.done.problems.append(f"{one.path} {one.reason}")
            elif one.kind == "directory" and one.named:
                named[one.real] = one
            else:
                loose.append(one)
        for one in named.values():
            if not _is_below(one, named):
                self._add_directory(one, self._files_below(one))
        for group in self._folded([one for one in loose if not named or not _is_below(one, named)]):
            if group.directory is None:
                self._add_alone(group.items[0].thing)
            else:
                self._add_group(group, group.directory)

    def _folded(self, loose: Iterable[Declared]) -> list[Group[Declared]]:
        items = [Item(one.root, below(one.real, one.root), one) for one in loose]
        if self._how != "traced":
            return fold(items, MOST_UNFOLDED)
        apart: tuple[list[Item[Declared]], ...] = ([], [])
        for item in items:
            apart[item.thing.path in self._tracked].append(item)
        return fold_apart(apart, MOST_UNFOLDED)

    def _add_alone(self, one: Declared) -> None:
        if one.kind == "directory":
            self._add_directory(one, self._files_below(one))
            return
        try:
            blob = "" if one.absolute or os.path.islink(one.real) else self._tracked.get(one.path, "")
            if blob:
                digest, size, changed = f"git:{blob}", os.stat(one.real).st_size, False
            else:
                digest, size, changed = self._digest(one.real)
        except OSError as error:
            self.done.problems.append(f"{one.path} cannot be read: {error.strerror}")
            return
        except ProvError:  # it was one when it was found
            self.done.problems.append(f"{one.path} is no file any more")
            return
        if changed:
            self.done.problems.append(f"{one.path} changed while it was read")
        self._add(one, digest, size, 1)

    def _add_group(self, group: Group[Declared], directory: str) -> None:
        """Add one entry for many things: the directory, holding just them."""
        absolute = group.items[0].thing.absolute
        real = os.path.join(group.root, directory) if directory else group.root
        whole = Declared(quote(real if absolute else directory or "."), real, "directory", group.root, absolute)
        files: list[str] = []
        for item in group.items:
            files += self._files_below(item.thing) if item.thing.kind == "directory" else [item.thing.real]
        self._add_directory(whole, files)

    def _add_directory(self, one: Declared, files: Iterable[str]) -> None:
        described = describe(one.real, [below(file, one.real) for file in files], self._digest)
        self.done.listings.update(described.listings)
        self.done.problems.extend(f"{skipped} (below {one.path})" for skipped in described.skipped)
        self._add(one, described.digest, described.size, described.files)

    def _add(self, one: Declared, digest: str, size: int, files: int) -> None:
        absolute = {"absolute": True} if one.absolute else {}
        entry = {"path": one.path, **absolute, "digest": digest, "size": size, "files": files, "how": self._how}
        self.done.entries.append(entry)

    def _files_below(self, one: Declared) -> list[str]:
        """Return the paths of all below a directory but directories; links are not followed, `.git` not entered."""
        found: list[str] = []
        pending = [one.real]
        while pending:
            directory = pending.pop()
            try:
                with os.scandir(directory) as entries:
                    for entry in entries:
                        if entry.name != ".git":
                            (pending if entry.is_dir(follow_symlinks=False) else found).append(entry.path)
            except OSError as error:
                self.done.problems.append(f"{quote(directory)} cannot be read: {error.strerror}")
        return found
