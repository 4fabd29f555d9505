"""The file in which data remotes stand, changed by a line or two."""

import contextlib
import os
import stat
from collections.abc import Mapping

from gitprov.api.data import tomledit
from gitprov.api.data.settings import NAME, DataRemote, Value, check_outside, check_remote, load_data
from gitprov.api.session import Session
from gitprov.api.settings import FILE, shared
from gitprov.errors import ConfigError, NotFound, ProvError, UsageError


def add_remote(session: Session, remote: DataRemote, *, default: bool) -> str:
    """Write a remote into the shared settings, and return the file's name.

    Raises `ProvError` where there is such a remote already, or the file cannot be edited.
    """
    known = load_data(session)
    if not NAME.fullmatch(remote.name):
        raise UsageError(
            f"{remote.name!r} cannot be a remote's name", hint="take letters, digits, - and _: git prov data remote add"
        )
    if remote.name in known.remotes:
        raise ProvError(
            f"there is a data remote {remote.name!r} already: {known.remotes[remote.name].url}",
            hint=f"take it out first: git prov data remote rm {remote.name}",
        )
    check_remote(remote.url, remote.options, f"remote {remote.name}")
    check_outside(session, remote)
    name, above, text = _read(session)
    values = {"url": remote.url, **remote.options}
    new = tomledit.add_table(text, (*above, "data", "remotes", remote.name), values)
    if new is not None and default:
        new = tomledit.set_key(new, (*above, "data"), "remote", remote.name)
    _write(session, name, new, f"add [{'.'.join(above)}{'.' if above else ''}data.remotes.{remote.name}]")
    return name


def remove_remote(session: Session, name: str) -> str:
    """Take a remote out of the shared settings, and return the file's name. Raises `NotFound`, `ProvError`."""
    known = load_data(session)
    if name not in known.remotes:
        known.remote(name)  # it says what is near
        raise NotFound(f"there is no data remote {name!r}")
    file, above, text = _read(session)
    new = tomledit.remove_table(text, (*above, "data", "remotes", name))
    if new is not None and _said_default(session) == name:
        new = tomledit.set_key(new, (*above, "data"), "remote", None)
    _write(session, file, new, f"take out [data.remotes.{name}]")
    return file


def parse_options(words: Mapping[str, str]) -> dict[str, Value]:
    """Return options as TOML has them: `true` and `false`, whole numbers, and texts."""
    plain: dict[str, Value] = {"true": True, "false": False}
    return {key: int(said) if said.isdecimal() else plain.get(said, said) for key, said in words.items()}


def _said_default(session: Session) -> str:
    table, _ = shared(session.repo)
    said = table["data"].get("remote", "")
    return said if isinstance(said, str) else ""


def _read(session: Session) -> tuple[str, tuple[str, ...], str]:
    """The file's name, the keys below which our settings stand in it, and its text."""
    worktree = session.repo.worktree
    if worktree is None:
        raise ProvError("there is no working tree here", hint=f"{FILE} is committed: change it in a clone that has one")
    _, where = shared(session.repo)
    name, above = (FILE, ()) if where == FILE else ("pyproject.toml", ("tool", "gitprov"))
    try:
        with open(os.path.join(worktree, name), encoding="utf-8", newline="") as file:
            return name, above, file.read()
    except FileNotFoundError:
        return name, above, ""
    except UnicodeDecodeError:
        raise ConfigError(f"{name} is not UTF-8", hint="mend the file") from None


def _write(session: Session, name: str, text: str | None, meant: str) -> None:
    """Put the file in its place whole; where it is a link, what it leads to."""
    if text is None:
        raise ProvError(f"{name} is written in a way that is not edited here", hint=f"edit it yourself: {meant}")
    path = os.path.realpath(os.path.join(session.repo.worktree or "", name))
    new = f"{path}.{os.getpid()}.new"
    try:
        with open(new, "x", encoding="utf-8", newline="") as file:
            file.write(text)
            with contextlib.suppress(FileNotFoundError):
                os.fchmod(file.fileno(), stat.S_IMODE(os.stat(path).st_mode))
        os.replace(new, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(new)
        raise ProvError(f"{name} cannot be written: {error.strerror}", hint="check permissions and space") from None


def set_url(session: Session, name: str, url: str) -> None:
    """Give a remote another address. Raises `ProvError` where the file cannot be edited."""
    file, above, text = _read(session)
    new = tomledit.set_key(text, (*above, "data", "remotes", name), "url", url)
    _write(session, file, new, f"url of [data.remotes.{name}]")
