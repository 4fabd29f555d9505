"""The git command a hook runs under, as far as the system tells: git itself does not say what it was asked for."""

import contextlib
import os
import shlex
import subprocess
from collections.abc import Callable, Iterator
from typing import NamedTuple

Alias = Callable[[str], str]
"""Gives the configured meaning of a verb, "" for none."""

_GENERATIONS = 12
_GIT_OPTIONS_WITH_VALUE = frozenset({"-C", "-c", "--git-dir", "--work-tree", "--namespace", "--super-prefix",
                                     "--config-env", "--exec-path", "--attr-source"})  # fmt: skip
_NOT_AGAIN = 4


class _Switch(NamedTuple):
    """An option that is on or off, and what else can stand on the command line."""

    name: str
    shortest: str
    """How far it can be cut."""
    letter: str
    valued: str
    """The letters that take a value."""
    long_valued: frozenset[str]
    """The long options that take a value."""


_DRY_RUN = _Switch("dry-run", "--dr", "n", "o", frozenset({"--repo", "--push-option", "--receive-pack", "--exec",
                                                           "--recurse-submodules"}))  # fmt: skip
_AMEND = _Switch("amend", "--am", "", "CFcmtuS", frozenset({"--message", "--file", "--author", "--date", "--fixup",
                                                            "--reuse-message", "--reedit-message", "--squash",
                                                            "--template", "--cleanup", "--trailer",
                                                            "--pathspec-from-file"}))  # fmt: skip


def is_dry_run(alias: Alias, pid: int | None = None) -> bool:
    """Whether the `git push` we are below is a rehearsal, where that can be told.

    `pid` is the process to look above, ours by default.
    """
    return next((found for argv in _above(pid) if (found := says_dry_run(argv, alias)) is not None), False)


def is_amend(alias: Alias, pid: int | None = None) -> bool:
    """Whether the `git commit` we are below takes the place of HEAD, where that can be told."""
    return next((found for argv in _above(pid) if (found := says_amend(argv, alias)) is not None), False)


def says_dry_run(argv: list[str], alias: Alias) -> bool | None:
    """Whether a command line is a `git push` that only rehearses; `None` when it is no `git push`."""
    words = _arguments(argv, "push", alias)
    return None if words is None else _is_on(_DRY_RUN, words)


def says_amend(argv: list[str], alias: Alias) -> bool | None:
    """Whether a command line is a `git commit --amend`; `None` when it is no `git commit`."""
    words = _arguments(argv, "commit", alias)
    return None if words is None else _is_on(_AMEND, words)


def _above(pid: int | None) -> Iterator[list[str]]:
    """The command lines of the processes above, the nearest first."""
    parent = os.getppid() if pid is None else pid
    for _ in range(_GENERATIONS):
        if parent <= 1:
            return
        parent, argv = _process(parent)
        yield argv


def _arguments(argv: list[str], verb: str, alias: Alias) -> list[str] | None:
    """What follows the verb, aliases spelled out."""
    program = os.path.basename(argv[0]) if argv else ""
    if program == f"git-{verb}":
        return argv[1:]
    if program not in ("git", "git.exe"):
        return None
    words = argv[1:]
    for _ in range(_NOT_AGAIN):
        while words and words[0].startswith("-"):
            words = words[2:] if words[0] in _GIT_OPTIONS_WITH_VALUE else words[1:]
        if not words:
            return None
        if words[0] == verb:
            return words[1:]
        meaning = alias(words[0])
        if not meaning or meaning.startswith("!"):
            return None
        with contextlib.suppress(ValueError):
            words = [*shlex.split(meaning), *words[1:]]
    return None


def _is_on(switch: _Switch, words: list[str]) -> bool:
    """Whether a switch is on at the end of the words."""
    on = False
    rest = iter(words)
    for word in rest:
        if word == "--":
            break
        if word in switch.long_valued:
            next(rest, "")
        elif word.startswith("--"):
            on = _long(word, switch, on=on)
        elif word.startswith("-"):
            letters, wants_next = _letters(word[1:], switch.valued)
            on = on or bool(switch.letter and switch.letter in letters)
            if wants_next:
                next(rest, "")
    return on


def _letters(cluster: str, valued: str) -> tuple[str, bool]:
    """The letters before one that takes a value, and whether that value is the next word."""
    at = next((at for at, letter in enumerate(cluster) if letter in valued), len(cluster))
    return cluster[:at], cluster[at + 1 :] == "" and cluster[at : at + 1] not in _STUCK


_STUCK = ("", "u", "S")
"""Letters whose value, if there is one, is stuck to them."""


def _long(word: str, switch: _Switch, *, on: bool) -> bool:
    """Git takes a long option by any beginning that no other option has."""
    if len(word) >= len(switch.shortest) and f"--{switch.name}".startswith(word):
        return True
    return False if len(word) >= len(switch.shortest) + 3 and f"--no-{switch.name}".startswith(word) else on


def _process(pid: int) -> tuple[int, list[str]]:
    """The parent of a process, and its command line; (0, []) where the system does not tell."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            parent = int(file.read().rpartition(b")")[2].split()[1])
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return parent, [os.fsdecode(word) for word in file.read().split(b"\0")[:-1]]
    except (OSError, ValueError, IndexError):
        return _asked_process(pid)


def _asked_process(pid: int) -> tuple[int, list[str]]:
    """The same from `ps`, which does not keep apart arguments with spaces in them."""
    try:
        asked = subprocess.run(
            ["ps", "-o", "ppid=,args=", "-p", str(pid)], capture_output=True, check=False, text=True, timeout=5
        )
        parent, *words = asked.stdout.split()
        return int(parent), words
    except (OSError, ValueError, subprocess.SubprocessError):
        return 0, []
