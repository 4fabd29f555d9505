"""Packages as lines of a requirements file: one a line, each put together from parts that were judged."""

from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import quote

from gitprov.replay.environment.package import VCS, Package


class Requirements(NamedTuple):
    """What is installed into an environment, by the way each is had."""

    listed: tuple[Package, ...] = ()
    """By name and version, from wherever the person's installer looks."""
    fetched: tuple[Package, ...] = ()
    """From an address: a repository at a commit, or an archive."""

    @property
    def all(self) -> tuple[Package, ...]:
        """Everything."""
        return (*self.listed, *self.fetched)

    def lines(self) -> list[str]:
        """Return all of it as text, in one order: what makes two environments the same."""
        return sorted(line(one) for one in self.all)

    def files(self) -> list[str]:
        """Return what is handed to the installer, one file after the other; pip wants hashes for all of one or none.

        Addresses come last: what is built from source may need what is installed by then.
        """
        hashed = [one for one in self.listed if one.hashes]
        plain = [one for one in self.listed if not one.hashes]
        archives = [one for one in self.fetched if one.hashes]
        others = [one for one in self.fetched if not one.hashes]
        return [_file(group) for group in (hashed, plain, archives, others) if group]

    def without(self, name: str) -> "Requirements":
        """Return the same but for one package."""
        return Requirements(*(tuple(one for one in group if one.name != name) for group in self))


def line(package: Package) -> str:
    """Return the requirement that means exactly this package."""
    hashes = "".join(f" --hash={one}" for one in package.hashes)
    within = f"subdirectory={package.subdirectory}" if package.subdirectory else ""
    if package.source == VCS and not package.url:  # older pips take `NAME @` only for addresses with a host
        return f"git+{address(package)}@{package.commit}#egg={package.name}{'&' if within else ''}{within}"
    within = f"#{within}" if within else ""
    if package.source == VCS:
        return f"{package.name} @ git+{address(package)}@{package.commit}{within}"
    if package.url:
        return f"{package.name} @ {package.url}{within}{hashes}"
    return f"{package.name}=={package.version}{hashes}"


def address(package: Package) -> str:
    """Return where a package is fetched from; a repository of this machine as `file://`."""
    return package.url or f"file://{quote(package.path)}"


def _file(packages: Iterable[Package]) -> str:
    return "".join(f"{line(one)}\n" for one in packages)
