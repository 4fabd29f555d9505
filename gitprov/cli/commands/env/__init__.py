"""`git prov env`: recorded environments. A verb of it is one line in `COMMANDS`, as in `cli.app`."""

import click

from gitprov.cli.lazy import LazyGroup

_HERE = "gitprov.cli.commands.env"

COMMANDS = {
    "diff": f"{_HERE}.diff:diff",
    "restore": f"{_HERE}.restore:restore",
    "show": f"{_HERE}.show:show",
}


@click.group("env", cls=LazyGroup, lazy=COMMANDS, short_help="Read, compare and build recorded environments.")
def env() -> None:
    """Read, compare and build recorded environments: the interpreter and all that was installed for it.

    \b
    $ git prov env show @
    $ git prov env diff @~1 @
    $ git prov env restore @ --in .venv
    """
