"""What a run is said to read and write: `-i` and `-o`, from patterns to entries of the record.

A recorded path is where the bytes really are: relative to the repository where they lie in it, else absolute and
marked. So a symbolic link on the way to a file is resolved. A link that is itself named keeps its name where it leads
to a file in the repository, and the bytes of that file are hashed.
"""

import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

from gitprov.artifacts.hashing import digest_file
from gitprov.artifacts.manifest import describe
from gitprov.capture.folding import Group, Item, fold
from gitprov.capture.patterns import is_pattern, matches
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
    declared: Iterable[Declared], how: How = "declared", tracked: Mapping[str, str] | None = None
) -> Hashed:
    """Hash what was declared, folded so that no more than 16 entries stand below one directory.

    `tracked` gives the blob ids of files that are as Git has them, by recorded path: they need no hashing where they
    stand alone. What is below a directory that is named itself goes with it.
    """
    hashed = Hashed([], {}, [])
    named: dict[str, Declared] = {}
    loose: list[Declared] = []
    for one in declared:
        if one.kind == "missing":
            hashed.problems.append(f"{one.path} {one.reason}")
        elif one.kind == "directory" and one.named:
            named[one.real] = one
        else:
            loose.append(one)
    for one in named.values():
        if not _is_below(one, named):
            _add_directory(hashed, one, _files_below(one, hashed), how)
    items = [Item(one.root, _relative(one.real, one.root), one) for one in loose if not _is_below(one, named)]
    for group in fold(items, MOST_UNFOLDED):
        if group.directory is None:
            _add_alone(hashed, group.items[0].thing, how, tracked or {})
        else:
            _add_group(hashed, group, group.directory, how)
    hashed.entries.sort(key=lambda entry: str(entry["path"]))
    return hashed


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
    real = _really(full, root)
    try:
        mode = os.stat(real).st_mode
    except OSError as error:
        return _missing(full, real, f"cannot be read: {error.strerror}", named=named)
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        return _missing(full, real, "is neither a file nor a directory", named=named)
    kind: Kind = "directory" if stat.S_ISDIR(mode) else "file"
    if not _is_inside(real, root):
        return Declared(quote(real), real, kind, "/", absolute=True, named=named)
    path = quote(_relative(real, root) or ".")
    if reason := unsafe_path(path):
        return _missing(full, real, f"cannot be recorded: it {reason}", named=named)
    return Declared(path, real, kind, root, named=named)


def _really(full: str, root: str) -> str:
    """Resolve a path, but for a last part that is a link to a file inside the repository."""
    trimmed = full.rstrip("/") or "/"
    name = os.path.basename(trimmed)
    target = os.path.realpath(trimmed)
    if name in ("", ".", ".."):
        return target
    path = os.path.join(os.path.realpath(os.path.dirname(trimmed)), name)
    leads_inside = _is_inside(target, root) and _is_inside(path, root) and not os.path.isdir(target)
    return path if leads_inside or not os.path.islink(path) else target


def _is_inside(path: str, root: str) -> bool:
    return bool(root) and (path == root or path.startswith(root.rstrip("/") + "/"))


def _is_below(one: Declared, named: Mapping[str, Declared]) -> bool:
    """Tell whether one of the named directories holds this."""
    directory = one.real
    while (parent := os.path.dirname(directory)) != directory:
        if parent in named:
            return True
        directory = parent
    return False


def _relative(real: str, root: str) -> str:
    return real[len(root) :].lstrip("/")


def _add_alone(hashed: Hashed, one: Declared, how: How, tracked: Mapping[str, str]) -> None:
    if one.kind == "directory":
        _add_directory(hashed, one, _files_below(one, hashed), how)
        return
    try:
        blob = "" if one.absolute or os.path.islink(one.real) else tracked.get(one.path, "")
        if blob:
            digest, size, changed = f"git:{blob}", os.stat(one.real).st_size, False
        else:
            digest, size, changed = digest_file(one.real)
    except OSError as error:
        hashed.problems.append(f"{one.path} cannot be read: {error.strerror}")
        return
    except ProvError:  # it was one when it was found
        hashed.problems.append(f"{one.path} is no file any more")
        return
    if changed:
        hashed.problems.append(f"{one.path} changed while it was read")
    hashed.entries.append(_entry(one, digest, size, 1, how))


def _add_group(hashed: Hashed, group: Group[Declared], directory: str, how: How) -> None:
    """Add one entry for many things: the directory, holding just them."""
    absolute = group.items[0].thing.absolute
    real = os.path.join(group.root, directory) if directory else group.root
    whole = Declared(quote(real if absolute else directory or "."), real, "directory", group.root, absolute)
    files = [
        file
        for item in group.items
        for file in (_files_below(item.thing, hashed) if item.thing.kind == "directory" else [item.thing.real])
    ]
    _add_directory(hashed, whole, files, how)


def _add_directory(hashed: Hashed, one: Declared, files: Sequence[str], how: How) -> None:
    described = describe(one.real, [_relative(file, one.real) for file in files])
    hashed.listings.update(described.listings)
    hashed.problems.extend(f"{skipped} (below {one.path})" for skipped in described.skipped)
    hashed.entries.append(_entry(one, described.digest, described.size, described.files, how))


def _entry(one: Declared, digest: str, size: int, files: int, how: How) -> dict[str, Any]:
    absolute = {"absolute": True} if one.absolute else {}
    return {"path": one.path, **absolute, "digest": digest, "size": size, "files": files, "how": how}


def _files_below(one: Declared, hashed: Hashed) -> list[str]:
    """Return the paths of everything below a directory but directories; links are not followed, `.git` not entered."""
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
            hashed.problems.append(f"{quote(directory)} cannot be read: {error.strerror}")
    return found
