"""What several verbs share: their options, and arguments that belong to git."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

_F = TypeVar("_F", bound=Callable[..., Any])


def json_option(command: _F) -> _F:
    """Give a reading verb `--json`, as the parameter `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")(command)


class GitArguments(click.Command):
    """A verb that hands its arguments on to git as they stand, in their order, `--` included.

    Its own options are the exact words that it declares, before any `--`; it can only have flags.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take our own flags out, and let click see the rest as one list of arguments."""
        end = args.index("--") if "--" in args else len(args)
        flags = {name for param in self.get_params(ctx) if param.param_type_name == "option" for name in param.opts}
        ours = [arg for arg in args[:end] if arg in flags]
        theirs = [arg for arg in args[:end] if arg not in flags]
        return super().parse_args(ctx, [*ours, "--", *theirs, *args[end:]])
