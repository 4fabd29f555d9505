"""Trailers of commit messages (`Signed-off-by: ...`), as git itself finds and adds them."""

from collections.abc import Iterable
from typing import Final

from gitprov.gitrepo.process import raw, text
from gitprov.gitrepo.repo import Repo


def trailers(repo: Repo, message: str) -> list[tuple[str, str]]:
    """The trailers of a message, key and value of each."""
    if ":" not in message:
        return []
    lines = text(repo.git.run("interpret-trailers", "--parse", "--no-divider", data=raw(message))).splitlines()
    pairs = (line.partition(":") for line in lines)
    return [(key.strip(), value.strip()) for key, _, value in pairs]


def add_trailers(repo: Repo, file: str, lines: Iterable[str]) -> None:
    """Add trailers (`Key: value`) to the message in a file; what stands there already is not said again."""
    options = ("--in-place", "--no-divider", "--if-exists=addIfDifferent")
    if words := [word for line in lines for word in ("--trailer", line)]:
        repo.git.run("interpret-trailers", *options, *words, "--", file)


def is_empty(repo: Repo, message: str) -> bool:
    """Whether a message has nothing in it but comments, so that git will not commit."""
    own = message.partition(_SCISSORS)[0]
    return not repo.git.run("stripspace", "--strip-comments", data=raw(own) or b"\n").strip()


_SCISSORS: Final = "------------------------ >8 ------------------------"
