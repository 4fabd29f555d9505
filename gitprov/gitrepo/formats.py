"""How a format of `git log` is made to show notes: some do by themselves, some only when they are told where."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from gitprov.gitrepo.config import Config

_INDENT: Final = "    "
_PLACE: Final = re.compile(r"%[ +-]?N")
_OPTIONS: Final = ("--pretty", "--format")
_DEFAULTS: Final = ("medium", "short", "full", "fuller", "raw")


class Adapted(NamedTuple):
    """Arguments for `git log` that let it show our notes."""

    args: list[str]
    config: list[str]
    """Settings to be given to git, each `key=value`."""
    alone: bool
    """Whether the format was asked for and by itself shows no notes: it then shows ours and no others."""
    bare: bool
    """Whether git puts notes into it as they are, without a heading and without indenting them."""

    def indent(self, text: str) -> str:
        """Return a note in the way this format needs it."""
        return "".join(_INDENT + line for line in text.splitlines(keepends=True)) if self.bare else text


def adapt(args: Sequence[str], config: Config) -> Adapted:
    """Return `git log` arguments with a place for notes in the person's own format, if there is one."""
    end = next((at for at, arg in enumerate(args) if arg == "--"), len(args))
    for place in range(end - 1, -1, -1):  # of several, the last holds
        option, equals, value = args[place].partition("=")
        if option == "--oneline":
            return Adapted([*args], [], alone=True, bare=False)
        if option in _OPTIONS and equals:
            own = _own(value, config)
            format_arg = f"--format={_with_notes(own)}" if own else args[place]
            changed = [*args[:place], format_arg, *args[place + 1 :]]
            return Adapted(changed, [], alone=value not in _DEFAULTS, bare=bool(own))
    configured = config.get("format.pretty")
    own = _own(configured, config)
    settings = [f"format.pretty={_with_notes(own)}"] if own else []
    return Adapted([*args], settings, alone=configured not in ("", *_DEFAULTS), bare=bool(own))


def _own(value: str, config: Config) -> str:
    """The format with placeholders that a value means, directly or by a name from `pretty.<name>`; "" for none."""
    for _ in range(8):  # git refuses a name that leads to itself
        if value.startswith(("format:", "tformat:")):
            return value
        if "%" in value:
            return f"tformat:{value}"
        value = config.get(f"pretty.{value}")
    return ""


def _with_notes(own: str) -> str:
    return own if _PLACE.search(own.replace("%%", "")) else own + "%+N"
