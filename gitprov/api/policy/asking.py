"""The command that asks the same question again and shows every finding: for who was shown only the first of them."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

from gitprov.api.policy.changes import PushedRef
from gitprov.model import shell

_SOME: Final = 3
"""Files that are named; where there are more, the command asks about all of the change."""


def staged(files: Sequence[str], only: Collection[str], branch: str | None) -> str:
    """Ask about what is staged."""
    return _command((), only, branch, files)


def message(file: str, only: Collection[str]) -> str:
    """Ask about the message in a file."""
    return _command(("--stage", "commit-msg"), only, None, (file,))


def pushed(ref: PushedRef, remote: str, only: Collection[str]) -> str:
    """Ask about a push: what git tells its hook is told again."""
    return f"echo {shell.word(' '.join(ref))} | {_command(('--stage', 'pre-push'), only, None, (remote,))}"


def in_ci(text: str, files: Sequence[str], only: Collection[str], branch: str | None) -> str:
    """Ask about a range; "" is the newest commit."""
    return _command(("--range", text) if text else ("--ci",), only, branch, files)


def _command(how: Iterable[str], only: Collection[str], branch: str | None, files: Sequence[str]) -> str:
    return " ".join(shell.word(one) for one in _words(how, only, branch, files))


def _words(how: Iterable[str], only: Collection[str], branch: str | None, files: Sequence[str]) -> Iterator[str]:
    yield from ("git", "prov", "check", *how)
    for rule in only:
        yield from ("--rule", rule)
    if branch:
        yield from ("--branch", branch)
    yield "--json"
    if files and len(files) <= _SOME:
        yield from (("--", *files) if any(file.startswith("-") for file in files) else files)
