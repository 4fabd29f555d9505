"""Where answers go: standard output or a pager, with or without colour, by git's rules; remarks to standard error."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Generator, Iterable, Sequence
from typing import NamedTuple

from gitprov.api.session import Session
from gitprov.errors import GitFailed
from gitprov.model.results import Problem

_PAGER_DEFAULTS = {"LESS": "FRX", "LV": "-c"}
"""What git sets for a pager where the person has not."""
_NEVER = ("never", "false", "no", "off", "0")


class Screen(NamedTuple):
    """What is known of the place where an answer will be read."""

    columns: int | None
    """The width of the terminal; `None` where there is none."""
    pager: str
    """The program that pages, as a shell understands it; "" for none."""
    colour: bool

    def git_environ(self) -> dict[str, str]:
        """Return what lets git's own output fit here although it goes through us."""
        return {"GIT_PAGER_IN_USE": "true", "COLUMNS": str(self.columns)} if self.columns else {}


def screen(session: Session, *keys: str) -> Screen:
    """Return what standard output is. `keys` are the settings that decide on colour before `color.ui`."""
    paged = session.environ.get("GIT_PAGER_IN_USE", "") not in ("", *_NEVER)  # by git: `git -p prov ls`
    is_terminal = sys.stdout.isatty()
    pager = _pager(session) if is_terminal else ""
    colour = _colour(session, (*keys, "color.ui"), is_terminal=is_terminal or paged, paged=paged or bool(pager))
    return Screen(_columns(session) if is_terminal or paged else None, pager, colour)


def show(session: Session, place: Screen, answer: str) -> None:
    """Write an answer to standard output, through the pager if there is one."""
    _write(session, place, [answer.encode(sys.stdout.encoding or "utf-8", "backslashreplace")])


def stream(session: Session, place: Screen, answer: Generator[bytes, None, None]) -> None:
    """Write an answer that is still being made; it is closed where its reader goes away."""
    with contextlib.closing(answer):
        _write(session, place, answer)


def show_document(document: str) -> None:
    """Write a document for programs to standard output, whole and never paged."""
    sys.stdout.buffer.write(document.encode())
    sys.stdout.buffer.flush()


def say(problems: Sequence[Problem], notes: Sequence[str]) -> None:
    """Write what is amiss, and what else there is to know, to standard error."""
    from gitprov.views import remarks

    for line in (*remarks.problems(problems), *remarks.notes(notes)):
        print(line, file=sys.stderr)


def _write(session: Session, place: Screen, chunks: Iterable[bytes]) -> None:
    if place.pager:
        _page(session, place.pager, chunks)
        return
    for chunk in chunks:
        sys.stdout.buffer.write(chunk)
    sys.stdout.buffer.flush()


def _page(session: Session, pager: str, chunks: Iterable[bytes]) -> None:
    environ = {**_PAGER_DEFAULTS, **session.environ}
    sys.stdout.flush()
    process = subprocess.Popen(["sh", "-c", pager], stdin=subprocess.PIPE, env=environ)
    assert process.stdin is not None
    # An interrupt is the pager's business, and git's: both are in the foreground with us.
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        with contextlib.suppress(BrokenPipeError), process.stdin as pipe:
            for chunk in chunks:
                pipe.write(chunk)
        process.wait()
    finally:
        signal.signal(signal.SIGINT, before)


def _pager(session: Session) -> str:
    try:
        pager = session.repo.git.line("var", "GIT_PAGER")
    except GitFailed:
        return ""
    return "" if pager == "cat" else pager


def _colour(session: Session, keys: Sequence[str], *, is_terminal: bool, paged: bool) -> bool:
    config, environ = session.repo.config, session.environ
    said = next((value for key in keys if (value := config.get(key).lower())), "auto")
    if said == "always" or said in _NEVER:
        return said == "always"
    if environ.get("NO_COLOR") or environ.get("TERM", "dumb") == "dumb":
        return False
    return is_terminal and (not paged or config.flag("color.pager", True))


def _columns(session: Session) -> int:
    told = session.environ.get("COLUMNS", "")
    if told.isdigit() and int(told) > 0:
        return int(told)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or 80
    except (OSError, ValueError):
        return 80
