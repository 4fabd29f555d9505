"""`git prov data remote rm`: forget a place for bytes."""

import click

from gitprov.cli import output
from gitprov.cli.commands.data.common import session_here


@click.command("rm", short_help="Forget a place for bytes.")
@click.argument("name")
def rm(name: str) -> None:
    """Take a data remote out of `.gitprov.toml`. What is stored there stays there."""
    from gitprov.api.data.configfile import remove_remote

    file = remove_remote(session_here(), name)
    output.say((), [f"{file} has it no more; what is stored there stays"])
