"""Groups of verbs whose modules are imported when they are called, and that answer as git does."""

import importlib
from collections.abc import Mapping
from typing import Any

import click


class LazyGroup(click.Group):
    """A group whose commands are imported one at a time: `lazy` says where each stands, as `module:name`."""

    def __init__(self, *args: Any, lazy: Mapping[str, str], **kwargs: Any) -> None:  # noqa: ANN401 - as click's own
        super().__init__(*args, **kwargs)
        self.lazy = lazy

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs, by name."""
        return sorted(self.lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of a verb; `None` for a verb there is not."""
        target = self.lazy.get(cmd_name)
        if target is None:
            return None
        module, _, name = target.partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, but an unknown verb is answered the way git answers one."""
        if args and args[0] not in self.lazy and not args[0].startswith("-"):
            raise click.UsageError(_unknown(args[0], self.lazy, ctx.command_path), ctx)
        return super().resolve_command(ctx, args)


def _unknown(verb: str, known: Mapping[str, str], path: str) -> str:
    import difflib

    near = difflib.get_close_matches(verb, known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"see: {path} --help"
    return f"{verb!r} is not a {path} command; {hint}"
