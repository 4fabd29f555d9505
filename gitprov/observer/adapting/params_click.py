"""Parameters that Click parsed, and Typer, which used to build on Click and now brings a copy of it."""

import os
import sys

from .callers import described_function
from .plain import plain
from .reports import Reports
from .wrapping import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, Callable, List

_HIDDEN = "[hidden]"


def watch(core: "ModuleType", reports: Reports) -> None:
    """Tell each command's parameters when it is invoked; a group is a command that comes before its subcommand."""
    library = "typer" if core.__name__.startswith("typer") else "click"

    def make(original: "Callable[..., Any]") -> "Callable[..., Any]":
        def ours(self: "Any", ctx: "Any") -> "Any":
            try:
                _tell(reports, library, self, ctx)
            except Exception:
                pass
            return original(self, ctx)

        return ours

    replace(core.Command, "invoke", make)


def _tell(reports: Reports, library: str, command: "Any", ctx: "Any") -> None:
    secret = {param.name for param in command.params if getattr(param, "hide_input", False)}
    values = {
        name: _HIDDEN if name in secret and value is not None else value
        for name, value in ctx.params.items()
        if name is not None
    }
    if not values:
        return
    path, is_own = _path(ctx)
    told = {"params": plain(values), "from": library, "own": is_own, "command": path}
    reports.params({**told, **described_function(command.callback)})


def _path(ctx: "Any") -> "tuple[List[str], bool]":
    """Return the names of the subcommands that lead here, and whether the whole was named as the program is."""
    names: List[str] = []
    while ctx.parent is not None:
        names.insert(0, str(ctx.info_name))
        ctx = ctx.parent
    name = str(ctx.info_name or "")
    return names, name.startswith("python -m") or name == os.path.basename(sys.argv[0])
