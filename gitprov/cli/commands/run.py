"""`git prov run`: run a command, observe it, record it. Made from the options in `cli.running`."""

from typing import Any

import click

from gitprov.api.settings import TRACES
from gitprov.cli.running import OPTIONS, SEED_LIMIT, Option, execute


def _parameter(option: Option) -> click.Option:
    if option.kind == "flag":
        return click.Option([*option.flags, option.field], is_flag=True, help=option.help)
    kinds = {"seed": click.IntRange(0, SEED_LIMIT), "trace": click.Choice(TRACES)}
    return click.Option(
        [*option.flags, option.field],
        type=kinds.get(option.kind, click.STRING),
        multiple=option.many,
        metavar=option.metavar,
        help=option.help,
    )


def _callback(**fields: Any) -> int:  # noqa: ANN401 - as click gives them
    return execute(**{name: value for name, value in fields.items() if value is not None})


run = click.Command(
    "run",
    callback=_callback,
    params=[
        *map(_parameter, OPTIONS),
        click.Argument(["command"], nargs=-1, required=True, type=click.UNPROCESSED, metavar="-- CMD..."),
    ],
    help="""Run a command, observe it, record it on the exact commit.

    The command keeps its terminal, standard streams, signals and exit status. It is recorded when it fails
    or is killed just the same.
    """,
    short_help="Run a command, observe it, record it.",
    context_settings={"allow_interspersed_args": False},
)
