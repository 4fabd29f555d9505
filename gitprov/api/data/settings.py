"""`[data]` of what the repository shares: remotes for bytes, and which of them is meant where none is named."""

import os
import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from gitprov.api.session import Session
from gitprov.api.settings import data_table
from gitprov.artifacts.remotes.address import check_options, parse
from gitprov.errors import ConfigError, NotFound
from gitprov.model.urls import unsafe_url

NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What a remote may be called: what stands in TOML without quotes."""
Value = str | int | bool


class DataRemote(NamedTuple):
    """A place for bytes, as it is configured."""

    name: str
    url: str
    options: Mapping[str, Value]


class DataSettings(NamedTuple):
    """The remotes of this repository, by name, and the one that is meant where none is named ("" for none)."""

    remotes: Mapping[str, DataRemote]
    default: str

    def remote(self, name: str = "") -> DataRemote:
        """Return the remote of that name, or the default. Raises `NotFound`, with what is near."""
        name = name or self.default
        if name in self.remotes:
            return self.remotes[name]
        if not self.remotes:
            raise NotFound("there is no data remote yet", hint="add one: git prov data remote add NAME URL")
        listed = ", ".join(self.remotes)
        if not name:
            raise NotFound(
                f"there are several data remotes: {listed}",
                hint='name one, or make one the default in .gitprov.toml: [data] remote = "NAME"',
            )
        import difflib

        near = difflib.get_close_matches(name, self.remotes, n=1)
        raise NotFound(
            f"there is no data remote {name!r}", hint=f"did you mean {near[0]!r}?" if near else f"there are: {listed}"
        )


def load_data(session: Session) -> DataSettings:
    """Return what the repository says of its data. Raises `ConfigError` naming the file and the key."""
    table, where = data_table(session.repo)
    remotes = table.get("remotes", {})
    if not isinstance(remotes, dict):
        raise ConfigError(f"remotes of {where} is not a table", hint=_EXAMPLE)
    found = {name: _remote(name, said, where) for name, said in remotes.items()}
    default = table.get("remote", "")
    if not isinstance(default, str) or (default and default not in found):
        raise ConfigError(
            f"remote of {where} names no remote: {default!r}", hint=f"there are: {', '.join(found) or 'none'}"
        )
    if not default and len(found) == 1:
        default = next(iter(found))
    return DataSettings(found, default)


_EXAMPLE: Final = 'for example: [data.remotes.store] url = "s3://bucket/prefix"'


def _remote(name: str, said: Any, where: str) -> DataRemote:  # noqa: ANN401 - whatever stands in the file
    section = f"{where.replace('[data]', f'[data.remotes.{name}]', 1)}"
    if not NAME.fullmatch(name):
        raise ConfigError(f"{section}: a remote's name has letters, digits, - and _ only", hint=_EXAMPLE)
    if not isinstance(said, dict) or not isinstance(said.get("url"), str) or not said["url"]:
        raise ConfigError(f"{section} has no url", hint=_EXAMPLE)
    options = {key: value for key, value in said.items() if key != "url"}
    check_remote(said["url"], options, section)
    for key, value in options.items():
        if not isinstance(value, str | int):  # a bool is an int
            raise ConfigError(f"{key} of {section} is neither a text, a number nor true or false", hint=_EXAMPLE)
    return DataRemote(name, said["url"], options)


def location_of(remote: DataRemote) -> dict[str, str]:
    """Return a remote as a place that a statement can name; its address only as far as anybody may read it."""
    address = parse(remote.url)
    url = remote.url
    if address.kind == "directory":
        url = f"file://{quote(address.root)}" if address.root.startswith("/") else ""
    elif address.kind == "sftp":
        place = f"{address.user}@{address.host}" if address.user else address.host
        url = f"sftp://{place}{f':{address.port}' if address.port else ''}/{quote(address.root.lstrip('/'))}"
    return {"kind": "remote", "remote": remote.name, **({} if not url or unsafe_url(url) else {"url": url})}


def check_remote(url: str, options: Mapping[str, Value], where: str) -> None:
    """Refuse an address that is none or holds a secret, and options that such a place has not. Raises `ConfigError`."""
    try:
        check_options(parse(url).kind, options)
    except ConfigError as error:
        raise ConfigError(f"{where}: {error.message}", hint=error.hint) from None


def check_outside(session: Session, remote: DataRemote) -> None:
    """Refuse a directory inside git's own, which would be lost together with the repository. Raises `ConfigError`."""
    address = parse(remote.url)
    if address.kind != "directory":
        return
    there = os.path.realpath(os.path.expanduser(address.root))
    for own in map(os.path.realpath, (session.repo.common_dir, session.repo.git_dir)):
        if there == own or there.startswith(own + os.sep):
            raise ConfigError(
                f"remote {remote.name}: {remote.url} is inside this repository's own {own}",
                hint="name a directory on another disk, or at least outside of the repository",
            )
