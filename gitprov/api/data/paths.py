"""Which paths can be added, and what git makes of them."""

import errno
import os
import shlex
import stat
from typing import NamedTuple

from gitprov.api.data.place import Place
from gitprov.api.spelling import recorded_path
from gitprov.errors import NotFound, ProvError, UsageError
from gitprov.model.text import quote, single_line, unquote, unsafe_path

_KINDS = {stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket", stat.S_IFBLK: "a device", stat.S_IFCHR: "a device"}

_LONGEST = 80
"""Characters of a path in what is said of it."""


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
    if not text:
        raise UsageError("a PATH is empty", hint="name a file or a directory; is a variable of the shell not set?")
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
    mode = _mode(file, shown)
    if stat.S_ISDIR(mode):
        if os.path.lexists(os.path.join(file, b".git")):
            raise ProvError(f"{shown} is a repository of its own", hint="add its data from there")
        return Found(path, file, "directory")
    if not stat.S_ISREG(mode) and not (stat.S_ISLNK(mode) and os.path.isfile(file)):
        what = _KINDS.get(stat.S_IFMT(mode), "a link that leads nowhere" if stat.S_ISLNK(mode) else "no file")
        raise ProvError(f"{shown} is {what}", hint="name a file or directory")
    if not os.access(file, os.R_OK):
        raise ProvError(f"{shown} cannot be read: Permission denied", hint="make it readable: chmod u+r")
    return Found(path, file, "file")


def _mode(file: bytes, shown: str) -> int:
    try:
        return os.lstat(file).st_mode
    except FileNotFoundError:
        raise NotFound(f"{shown} is not there", hint="check the path; it is taken from where you stand") from None
    except OSError as error:
        hint = "check the name" if error.errno in (errno.ENAMETOOLONG, errno.EINVAL) else "check its permissions"
        raise ProvError(f"{single_line(shown, _LONGEST)} cannot be read: {error.strerror}", hint=hint) from None


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
    mend = f"; keep it out: {_ignoring(place, line)}" if line else ""
    return f"{found.path} is not ignored by git: git add -A would take all of it in{mend}"


def _ignoring(place: Place, line: str) -> str:
    """Return the shell's words for one more line of `.gitignore`, whose last line may have no end."""
    file = os.path.join(place.worktree, ".gitignore")
    there = shlex.quote(os.path.relpath(file, os.path.join(place.worktree, place.session.repo.prefix)))
    if _ends_in_a_line(file) and "\\" not in line:  # some shells' echo takes a backslash for its own
        return f"echo {shlex.quote(line)} >> {there}"
    begin = "" if _ends_in_a_line(file) else r"\n"
    escaped = line.replace("\\", "\\\\").replace("%", "%%")
    text = begin + escaped + r"\n"
    return f"printf {shlex.quote(text)} >> {there}"


def _ends_in_a_line(file: str) -> bool:
    """Whether what is written behind a file begins a line: so it does where there is none."""
    try:
        with open(file, "rb") as opened:
            if opened.seek(0, os.SEEK_END):
                opened.seek(-1, os.SEEK_END)
            return opened.read(1) in (b"", b"\n")
    except OSError:
        return True


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
