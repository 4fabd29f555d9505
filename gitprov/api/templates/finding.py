"""Finding a template: one of ours, one of the repository's own, or a directory. Nothing is ever fetched."""

import os
import stat
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

import gitprov
from gitprov.api.templates.naming import check_name
from gitprov.errors import NotFound, ProvError, UsageError
from gitprov.gitrepo.repo import Repo
from gitprov.model.text import quote, single_line, unsafe_path

OWN: Final = ".gitprov/templates"
"""Where a repository's own templates stand, from its top."""
DEFAULT: Final = "research"
Part = Literal["repository", "experiment"]
_PARTS: Final = ("repository", "experiment")
_DOT: Final = "dot-"
_MOST: Final = 200
_LARGEST: Final = 1 << 20
_PASSED_OVER: Final = frozenset({"__pycache__", ".DS_Store", ".git"})


class Piece(NamedTuple):
    """One file of a template: where it goes, from the directory it is laid into, and what is in it."""

    path: str
    data: bytes
    executable: bool = False


class Template(NamedTuple):
    """A template that was found."""

    name: str
    """As it is called in messages."""
    directory: str


def find(repo: Repo, name: str, cwd: str) -> Template:
    """Return the template of this name, or in this directory where it holds a slash. The repository's own come first.

    Raises `NotFound` with the templates that there are, `UsageError` for what would have to be fetched.
    """
    if "://" in name or name.startswith("git@"):
        raise UsageError(
            f"{single_line(name, 100)} would have to be fetched, and templates never are",
            hint="clone it, and name its directory: --template ./DIR",
        )
    if "/" in name or name in (".", ".."):
        return _in_directory(os.path.normpath(os.path.join(cwd, os.path.expanduser(name))), name)
    check_name(name, what="a template", verb="--template")
    for directory in filter(None, (_own(repo, name), _ours(name))):
        if os.path.isdir(directory):
            return _in_directory(directory, name)
    hint = f"there are: {', '.join(names(repo))}"
    if os.path.isdir(os.path.join(cwd, name)):
        hint = f"for the directory of that name: --template ./{name}"
    raise NotFound(f"there is no template {name!r}", hint=hint)


def names(repo: Repo) -> list[str]:
    """Return the names of the templates that need no path."""
    own = os.path.join(repo.worktree, OWN) if repo.worktree else ""
    found = [name for where in filter(None, (own, _ours(""))) for name in _directories(where)]
    return sorted(set(found))


def pieces(template: Template, part: Part) -> list[Piece]:
    """Return the files of a part, `dot-NAME` as `.NAME`; none where it has no such part.

    Raises `ProvError` for what a template may not hold: links, files that are too many, too large or that lead out.
    """
    top = os.path.join(template.directory, part)
    if os.path.islink(top):
        raise _refused(template, part, "is a link")
    found = [_piece(template, path, f"{part}/{os.path.relpath(path, top)}") for path in _files(template, top, part)]
    if len(found) > _MOST:
        raise ProvError(f"template {template.name} has {len(found)} files: {_MOST} are the most", hint="take some out")
    return sorted(found)


def _in_directory(directory: str, name: str) -> Template:
    if not os.path.isdir(directory):
        raise NotFound(f"there is no template in {single_line(name, 100)}: it is not a directory")
    if not any(os.path.isdir(os.path.join(directory, part)) for part in _PARTS):
        raise NotFound(
            f"{single_line(name, 100)} is no template: it has neither {' nor '.join(f'{part}/' for part in _PARTS)}",
            hint="see docs/templates.md for what a template is",
        )
    return Template(name, directory)


def _own(repo: Repo, name: str) -> str:
    """The directory of a template of the repository's own; a clone may have been made to lead somewhere else."""
    path = repo.worktree or ""
    for part in (*OWN.split("/"), name):
        path = os.path.join(path, part)
        if os.path.islink(path):
            raise ProvError(f"{OWN}/{name} is not used: {os.path.relpath(path, repo.worktree)} is a link")
    return path if repo.worktree else ""


def _ours(name: str) -> str:
    return os.path.join(os.path.dirname(gitprov.__file__), "templates", name)


def _directories(where: str) -> list[str]:
    try:
        return [entry.name for entry in os.scandir(where) if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return []


def _files(template: Template, top: str, part: str) -> Iterator[str]:
    for place, directories, files in os.walk(top):
        directories[:] = [name for name in directories if name not in _PASSED_OVER]
        for name in directories:
            if os.path.islink(os.path.join(place, name)):
                raise _refused(template, f"{part}/{os.path.relpath(os.path.join(place, name), top)}", "is a link")
        yield from (os.path.join(place, name) for name in files if name not in _PASSED_OVER)


def _piece(template: Template, file: str, shown: str) -> Piece:
    found = os.lstat(file)
    if stat.S_ISLNK(found.st_mode):
        raise _refused(template, shown, "is a link")
    if not stat.S_ISREG(found.st_mode):
        raise _refused(template, shown, "is not a file")
    if found.st_size > _LARGEST:
        raise _refused(template, shown, f"has more than {_LARGEST >> 20} MiB")
    _, *parts = shown.split("/")
    path = "/".join(f".{part.removeprefix(_DOT)}" if part.startswith(_DOT) else part for part in parts)
    if why := unsafe_path(quote(path)):
        raise _refused(template, shown, why)
    with open(file, "rb") as opened:
        return Piece(path, opened.read(), bool(found.st_mode & 0o100))


def _refused(template: Template, shown: str, why: str) -> ProvError:
    return ProvError(
        f"template {single_line(template.name, 100)} cannot be used: {single_line(quote(shown), 200)} {why}",
        hint="a template is made of ordinary files",
    )
