"""What is personal: the keys `prov.*` of git config, each in one place, for `git prov config` and for the docs."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from gitprov.errors import ConfigError
from gitprov.gitrepo.process import text
from gitprov.gitrepo.repo import Repo

_SECTION: Final = "prov."
_ARROW: Final = "file:"


class Key(NamedTuple):
    """A key of git config."""

    name: str
    default: str
    says: str
    choices: tuple[str, ...] = ()
    """What it can be; () for anything."""
    is_flag: bool = False
    is_number: bool = False


KEYS: Final = (
    Key("prov.push", "true", "Whether `git push` sends records along.", is_flag=True),
    Key("prov.pushTimeout", "60", "Seconds after which sending records gives up.", is_number=True),
    Key("prov.sign", "false", "Whether your records are signed, with the key that signs your commits.", is_flag=True),
    Key(
        "prov.snapshots",
        "share",
        "Whether snapshots of uncommitted work travel with a push, or stay in this clone (`local`).",
        choices=("share", "local"),
    ),
    Key("prov.store", ".git/prov/store", "Where kept bytes are; clones and people can share a directory."),
    Key(
        "prov.storeLink",
        "auto",
        "How files get into the store: `auto` shares blocks or copies.",
        choices=("auto", "reflink", "hardlink", "copy"),
    ),
)
"""Every key, by name."""


class Value(NamedTuple):
    """A value that git config has."""

    key: str
    """As git lists it: section and name in lower case."""
    value: str | None
    """None for a key without a value, which git reads as true."""
    scope: str
    """`system`, `global`, `local`, `worktree` or `command`."""
    where: str
    """The file; "" for `git -c` and the environment."""


def stated(repo: Repo) -> list[Value]:
    """Return what git config says of `prov.*`, in the order git reads it: of the same key the last one holds."""
    words = text(repo.git.run("config", "--list", "--show-scope", "--show-origin", "-z")).split("\0")
    found = []
    for scope, origin, item in zip(words[::3], words[1::3], words[2::3], strict=False):
        key, equals, value = item.partition("\n")
        if key.startswith(_SECTION):
            where = origin.removeprefix(_ARROW) if origin.startswith(_ARROW) else ""
            found.append(Value(key, value if equals else None, scope, where))
    return found


def problems(repo: Repo, values: list[Value]) -> Iterator[str]:
    """Say which keys are unknown, with what may have been meant, and which values cannot be used."""
    known = {key.name.lower(): key for key in KEYS}
    for value in {value.key: value for value in values}.values():
        if value.key in known:
            yield from _misfit(repo, known[value.key], value)
        else:
            yield f"git config {value.key} means nothing here{_near(value.key)} ({place(value)})"


def place(value: Value) -> str:
    """Say where a value stands: `local, .git/config`."""
    return f"{value.scope}, {value.where}" if value.where else "command line or environment"


def _misfit(repo: Repo, key: Key, value: Value) -> Iterator[str]:
    said = value.value or ""
    if key.choices and said not in key.choices:
        yield f"git config {key.name} is {said!r}, not one of {', '.join(key.choices)} ({place(value)})"
    if key.is_flag:
        try:
            repo.config.flag(value.key, False)
        except ConfigError as error:
            yield f"git config {error.message} ({place(value)})"
    if key.is_number and not _is_number(said):
        yield f"git config {key.name} is {said!r}, not a number ({place(value)})"


def _is_number(said: str) -> bool:
    try:
        return float(said) >= 0
    except ValueError:
        return False


def _near(name: str) -> str:
    import difflib

    by_lower = {key.name.lower().removeprefix(_SECTION): key.name for key in KEYS}  # all have the section in common
    found = difflib.get_close_matches(name.removeprefix(_SECTION), by_lower, n=1)
    return f"; did you mean {by_lower[found[0]]}?" if found else ""
