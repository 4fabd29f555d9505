"""The shell files that git runs as hooks: made from the ones in `hooks/` by filling in one line."""

import contextlib
import os
import re
import shlex
from typing import NamedTuple

import gitprov
from gitprov.api.setup.places import ASKING, EVENTS

_MARK = b"#!/bin/sh\n# git-prov hook"
_BLANKS = re.compile(rb"^(?:git_prov='' )?before='' event=\S+", re.MULTILINE)
_FILLED = re.compile(r"^(?:git_prov=(?P<program>.*) )?before=(?P<before>.*) event=\S*", re.MULTILINE)


_TEMPLATES = dict.fromkeys(EVENTS, "post") | dict.fromkeys(ASKING, "check") | {"pre-push": "pre-push"}
"""By event, the file in `hooks/` that ours is made from."""


class Shim(NamedTuple):
    """What is filled in: the git-prov to start, and the directory of the hooks that were here first, as shell words."""

    program: str
    before: str

    def text(self, event: str) -> bytes:
        """The file for one hook: ours for our events, for every other one a mere handing over."""
        name = _TEMPLATES.get(event, "chain")
        words = f"before={self.before} event={event}"
        if event in EVENTS:
            words = f"git_prov={shlex.quote(self.program)} {words}"
        filled, found = _BLANKS.subn(lambda _: os.fsencode(words), _template(name), count=1)
        if not found:
            raise AssertionError(f"hooks/{name} has no line to fill in")
        return filled


def parse(path: str) -> Shim | None:
    """What a shim of ours holds; `None` for any other file, and for none."""
    try:
        with open(path, "rb") as file:
            data = file.read(1 << 14)
    except OSError:
        return None
    found = _FILLED.search(os.fsdecode(data)) if data.startswith(_MARK) else None
    if found is None:
        return None
    program = shlex.split(found["program"] or "''")
    return Shim(program[0] if program else "", found["before"])


def write(path: str, data: bytes) -> bool:
    """Put an executable file in place, whole or not at all; whether it was not there in just this way."""
    with contextlib.suppress(OSError), open(path, "rb") as file:
        if file.read() == data and os.access(path, os.X_OK):
            return False
    scratch = f"{path}.{os.getpid()}"
    handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o777)
    try:
        os.write(handle, data)
    finally:
        os.close(handle)
    os.replace(scratch, path)
    return True


def remove_all(directory: str) -> None:
    """Remove the files of ours from a directory of ours, and the directory when nothing else is in it."""
    for name in os.listdir(directory) if os.path.isdir(directory) else []:
        if parse(os.path.join(directory, name)):
            os.unlink(os.path.join(directory, name))
    with contextlib.suppress(OSError):  # not there, or not empty
        os.rmdir(directory)


def _template(name: str) -> bytes:
    """From the wheel, or from a checkout's top."""
    package = os.path.dirname(gitprov.__file__)
    for place in (os.path.join(package, "hooks", "shims"), os.path.join(os.path.dirname(package), "hooks")):
        with contextlib.suppress(FileNotFoundError), open(os.path.join(place, name), "rb") as file:
            return file.read()
    raise AssertionError(f"the shim hooks/{name} is missing from this installation")
