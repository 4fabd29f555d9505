"""What an installer's last words come to: which package failed, and why."""

import re
from collections.abc import Collection
from typing import Final, NamedTuple

from gitprov.model.text import visible

NETWORK: Final = "network"
ABSENT: Final = "absent"
BUILD: Final = "build"
HASH: Final = "hash"
OTHER: Final = "other"

_SHOWN: Final = 6
"""The most lines of the installer's own words that are passed on."""
_WIDTH: Final = 300
# The first of these whose words are there says what it was.
_SIGNS: Final = {
    HASH: ("do not match the hashes", "hash mismatch"),
    NETWORK: (
        "name resolution", "dns error", "error sending request", "newconnectionerror", "connection refused",
        "network is unreach", "max retries exceeded", "could not resolve host", "connection timed out", "client error",
        "network connectivity", "network was disabled", "not found in the cache", "could not connect", "proxyerror",
    ),
    BUILD: (
        "failed building", "failed to build", "did not run successfully", "build backend", "metadata-generation-failed",
        "subprocess-exited-with-error",
    ),
    ABSENT: (
        "no matching distribution", "could not find a version", "not found in the package registry",
        "there is no version", "no usable wheels", "no solution found", "no wheels", "building from source",
        "building source distributions is disabled",
    ),
}  # fmt: skip
_ALL_SIGNS: Final = tuple(sign for signs in _SIGNS.values() for sign in signs)
_ERROR: Final = re.compile(r"\s*(error|fatal|\N{MULTIPLICATION SIGN}|x )", re.IGNORECASE)
_ANSI: Final = re.compile(r"\x1b\[[0-9;]*m")


class Failure(NamedTuple):
    """Why an installer gave up."""

    package: str
    """The package it failed at; empty where that is not told."""
    kind: str
    """`network`, `absent` (not to be had, or not for this Python), `build`, `hash` or `other`."""
    words: str
    """Its last lines, harmless to show."""


def blame(said: str, names: Collection[str]) -> Failure:
    """Return what failed among the packages that were to be installed."""
    text = _ANSI.sub("", said)
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if not line.lstrip().startswith(("[notice]", "WARNING", "warning", "hint:"))]
    kind = next((kind for kind, signs in _SIGNS.items() if _says(text, signs)), OTHER)
    heart = [line for line in lines if _says(line, _SIGNS[NETWORK])][:2] if kind == NETWORK else _heart(telling)
    shown = "\n".join(visible(line.strip())[:_WIDTH] for line in heart)
    return Failure(_named(telling, names), kind, shown)


def _heart(lines: list[str]) -> list[str]:
    """Return the lines from the first that says error on, or the last ones."""
    for number, line in enumerate(lines):
        if _ERROR.match(line):
            return lines[number : number + _SHOWN]
    return lines[-_SHOWN:]


def _named(lines: list[str], names: Collection[str]) -> str:
    """Return the package that the words of failure name, the one that is pinned there before one that is mentioned."""
    known = set(names)
    failing = [line for line in lines if _says(line, _ALL_SIGNS)]
    for pattern in (r"([A-Za-z0-9][\w.-]*)(?:==| @ )", r"[`' (]([A-Za-z0-9][\w.-]*)[`' )]", r"([A-Za-z0-9][\w.-]*)"):
        for line in (*failing, *lines):
            for word in re.findall(pattern, line):
                if (name := re.sub(r"[-_.]+", "-", word).lower().strip("-")) in known:
                    return name
    return ""


def _says(text: str, signs: Collection[str]) -> bool:
    lowered = text.lower()
    return any(sign in lowered for sign in signs)
