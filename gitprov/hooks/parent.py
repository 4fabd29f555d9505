"""The git command a hook runs under, as far as the system tells: git itself does not say that a push is a dry run."""

import contextlib
import os
import shlex
import subprocess
from collections.abc import Callable

_GENERATIONS = 12
_GIT_OPTIONS_WITH_VALUE = frozenset({"-C", "-c", "--git-dir", "--work-tree", "--namespace", "--super-prefix",
                                     "--config-env", "--exec-path", "--attr-source"})  # fmt: skip
_PUSH_OPTIONS_WITH_VALUE = frozenset({"--repo", "--push-option", "--receive-pack", "--exec", "--recurse-submodules"})
_NOT_AGAIN = 4


def is_dry_run(alias: Callable[[str], str], pid: int | None = None) -> bool:
    """Whether the `git push` we are below is a rehearsal, where that can be told.

    `alias` gives the configured meaning of a verb, "" for none; `pid` is the process to look above, ours by default.
    """
    parent = os.getppid() if pid is None else pid
    for _ in range(_GENERATIONS):
        if parent <= 1:
            return False
        above, argv = _process(parent)
        rehearses = says_dry_run(argv, alias)
        if rehearses is not None:
            return rehearses
        parent = above
    return False


def says_dry_run(argv: list[str], alias: Callable[[str], str]) -> bool | None:
    """Whether a command line is a `git push` that only rehearses; `None` when it is no `git push`."""
    words = _push_arguments(argv, alias)
    return None if words is None else _asks_dry_run(words)


def _push_arguments(argv: list[str], alias: Callable[[str], str]) -> list[str] | None:
    """What follows `push`, aliases spelled out."""
    program = os.path.basename(argv[0]) if argv else ""
    if program == "git-push":
        return argv[1:]
    if program not in ("git", "git.exe"):
        return None
    words = argv[1:]
    for _ in range(_NOT_AGAIN):
        while words and words[0].startswith("-"):
            words = words[2:] if words[0] in _GIT_OPTIONS_WITH_VALUE else words[1:]
        if not words:
            return None
        if words[0] == "push":
            return words[1:]
        meaning = alias(words[0])
        if not meaning or meaning.startswith("!"):
            return None
        with contextlib.suppress(ValueError):
            words = [*shlex.split(meaning), *words[1:]]
    return None


def _asks_dry_run(words: list[str]) -> bool:
    dry = False
    rest = iter(words)
    for word in rest:
        if word == "--":
            break
        if word in _PUSH_OPTIONS_WITH_VALUE:
            next(rest, "")
        elif word.startswith("--"):
            dry = _long(word, dry)
        elif word.startswith("-"):
            letters, has_value, value = word[1:].partition("o")
            dry = dry or "n" in letters
            if has_value and not value:
                next(rest, "")
    return dry


def _long(word: str, dry: bool) -> bool:
    """Git takes a long option by any beginning that no other option has."""
    if len(word) >= len("--dr") and "--dry-run".startswith(word):
        return True
    return False if len(word) >= len("--no-dr") and "--no-dry-run".startswith(word) else dry


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
