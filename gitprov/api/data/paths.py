"""Which paths can be added, and what git makes of them."""

import os
import shlex
import stat
from typing import NamedTuple

from gitprov.api.data.place import Place
from gitprov.api.resolve import recorded_path
from gitprov.errors import NotFound, ProvError
from gitprov.model.text import quote, unquote, unsafe_path

_KINDS = {stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket", stat.S_IFBLK: "a device", stat.S_IFCHR: "a device"}


class Found(NamedTuple):
    """A path that can be added."""

    path: str
    """As records spell it."""
    file: bytes
    """Where it is."""
    kind: str
    """`file` or `directory`."""


def find(place: Place, text: str) -> Found:
    """Return what a person means by a path. Raises `ProvError`, naming the reason, for what cannot be added."""
    top = os.fsencode(place.worktree)
    path = recorded_path(place.session, text)
    shown = quote(text)
    relative = unquote(path)
    if relative.startswith(b"/"):
        raise ProvError(
            f"{shown} lies outside of the repository",
            hint="move or link it into the repository; a run names what lies outside by itself: git prov run -i PATH",
        )
    if relative == b".":
        raise ProvError(f"{shown} is the repository itself", hint="name a directory or file in it")
    if reason := unsafe_path(path):
        raise ProvError(f"{shown} {reason}", hint="name a file or directory of the working tree")
    file = os.path.join(top, relative)
    _refuse_links(top, relative, shown)
    try:
        mode = os.lstat(file).st_mode
    except FileNotFoundError:
        raise NotFound(f"{shown} is not there", hint="check the path; it is taken from where you stand") from None
    except OSError as error:
        raise ProvError(f"{shown} cannot be read: {error.strerror}", hint="check its permissions") from None
    if stat.S_ISDIR(mode):
        if os.path.lexists(os.path.join(file, b".git")):
            raise ProvError(f"{shown} is a repository of its own", hint="add its data from there")
        return Found(path, file, "directory")
    if not stat.S_ISREG(mode) and not (stat.S_ISLNK(mode) and os.path.isfile(file)):
        what = _KINDS.get(stat.S_IFMT(mode), "a link that leads nowhere" if stat.S_ISLNK(mode) else "no file")
        raise ProvError(f"{shown} is {what}", hint="name a file or directory")
    return Found(path, file, "file")


def _refuse_links(top: bytes, relative: bytes, shown: str) -> None:
    """Refuse a path that leads through a symbolic link: its bytes are somewhere else, under another name."""
    parts = relative.split(b"/")
    for length in range(1, len(parts) + 1):
        path = os.path.join(top, *parts[:length])
        if not os.path.islink(path):
            continue
        target = os.path.realpath(path)
        inside = target.startswith(top + b"/")
        if inside and b"/annex/objects/" in target:  # git-annex: the file is what the link leads to
            continue
        there = quote(os.path.join(target, *parts[length:]))
        if not inside:
            raise ProvError(
                f"{shown} leads out of the repository, to {there}", hint="copy it here, or name it where it is in a run"
            )
        raise ProvError(
            f"{shown} is reached through the symbolic link {quote(b'/'.join(parts[:length]))}",
            hint=f"name what it leads to: {there}",
        )


def warning(place: Place, found: Found) -> str:
    """Say that git would take the bytes in at the next `git add -A`, and how to keep it from that; "" where not."""
    git = place.session.repo.git
    told = git.run(
        *("--literal-pathspecs", "-C", place.worktree, "ls-files", "--others", "--exclude-standard", "--directory"),
        *("-z", "--", raw_path(found.path)),
    )
    if not told:
        return ""
    line = ignore_line(found)
    mend = f"; keep it out: echo {shlex.quote(line)} >> .gitignore" if line else ""
    return f"{found.path} is not ignored by git: git add -A would take all of it in{mend}"


def ignore_line(found: Found) -> str:
    """Return the line of `.gitignore` that stands for a path and nothing else; "" where no line can."""
    text = os.fsdecode(unquote(found.path))
    if "\n" in text or not text.isprintable():
        return ""
    escaped = "".join(f"\\{char}" if char in "\\*?[" else char for char in text)
    escaped = escaped[:-1] + "\\ " if escaped.endswith(" ") else escaped
    return f"/{escaped}/" if found.kind == "directory" else f"/{escaped}"


def raw_path(path: str) -> str:
    """Return a recorded path as an argument for git."""
    return os.fsdecode(unquote(path))
