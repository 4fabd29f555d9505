"""DVC's configuration: where its cache is, and its remotes by name. Read from the files, as DVC merges them."""

import configparser
import os
import re
from typing import Final, NamedTuple

from gitprov.artifacts.elsewhere.location import World

_LARGEST: Final = 1 << 20  # bytes of a configuration file
_REMOTE: Final = re.compile(r"""'?remote "(?P<name>[^"]+)"'?""")
_SCHEME: Final = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<rest>.*)", re.DOTALL)
_OPTIONS: Final = ("endpointurl", "region")
"""What a remote may say about how it is reached; whose credentials are used is for the person's own settings."""


class DvcRemote(NamedTuple):
    """A remote: its name, its url (an absolute path where it is a directory), and how it is reached."""

    name: str
    url: str
    options: dict[str, str]

    @property
    def is_directory(self) -> bool:
        """Whether it is a directory of this machine."""
        return os.path.isabs(self.url)


class DvcConfig(NamedTuple):
    """The configuration of one DVC project; `root` is its directory below the top."""

    root: str
    cache: str
    """The cache's directory, absolute."""
    remotes: list[DvcRemote]
    """All of them, the default first."""
    default: str = ""
    """The name of the default remote."""


def load(root: str, world: World) -> DvcConfig:
    """Return the configuration of the DVC project in `root`; a file that is not as DVC writes it counts as empty."""
    home = os.path.join(world.path(root), ".dvc")
    merged: dict[str, dict[str, str]] = {}
    for path in (*_personal(world), os.path.join(home, "config"), os.path.join(home, "config.local")):
        for section, values in _parsed(path).items():
            merged.setdefault(section, {}).update(values)
    cache = merged.get("cache", {}).get("dir") or os.path.join(home, "cache")
    default = merged.get("core", {}).get("remote", "")
    named = {match["name"]: values for section, values in merged.items() if (match := _REMOTE.fullmatch(section))}
    urls = {name: values["url"] for name, values in named.items() if values.get("url")}
    remotes = [_remote(name, urls, named[name]) for name in sorted(urls, key=lambda name: name != default)]
    return DvcConfig(root, cache, remotes, default if default in urls else "")


def projects(world: World) -> list[str]:
    """Return the directories below the top that are DVC projects: the top, and what git tracks of others."""
    found = {""} if os.path.isdir(os.path.join(world.top, ".dvc")) else set()
    if world.repo.worktree is not None:
        output = world.repo.git.run("ls-files", "-z", "--full-name", "--", ":(top,glob)**/.dvc/config")
        paths = os.fsdecode(output).split("\0")[:-1]
        found |= {os.path.dirname(os.path.dirname(path)) for path in paths}
    return sorted(found)


def _personal(world: World) -> list[str]:
    home = world.environ.get("HOME", "")
    config = world.environ.get("XDG_CONFIG_HOME") or (os.path.join(home, ".config") if home else "")
    return [os.path.join(config, "dvc", "config")] if config else []


def _parsed(path: str) -> dict[str, dict[str, str]]:
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read(_LARGEST)
    except (OSError, ValueError):
        return {}
    parser = configparser.ConfigParser(interpolation=None, strict=False, default_section="\n", delimiters=("=",))
    try:
        parser.read_string("\n".join(line.strip() for line in text.splitlines()))
    except configparser.Error:
        return {}
    here = os.path.dirname(path)
    return {section: _values(dict(parser.items(section)), here) for section in parser.sections()}


def _values(values: dict[str, str], here: str) -> dict[str, str]:
    """Return values without quotes; a place on this machine is relative to the file that names it."""
    plain = {name: value.strip().strip("'\"") for name, value in values.items()}
    for name in ("url", "dir"):
        if plain.get(name):
            plain[name] = _placed(plain[name], here)
    return plain


def _placed(url: str, here: str) -> str:
    match = _SCHEME.match(url)
    if match is None:
        return os.path.normpath(os.path.join(here, os.path.expanduser(url)))
    return match["rest"] if match["scheme"] == "file" and os.path.isabs(match["rest"]) else url


def _remote(name: str, urls: dict[str, str], values: dict[str, str]) -> DvcRemote:
    """Return a remote; one whose url is `remote://other/path` is below another."""
    url = urls[name]
    if match := re.fullmatch(r"remote://([^/]+)(/.*)?", url):
        url = urls.get(match[1], "") + (match[2] or "")
    return DvcRemote(name, url.rstrip("/"), {key: values[key] for key in _OPTIONS if values.get(key)})
