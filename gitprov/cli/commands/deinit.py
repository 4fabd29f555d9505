"""`git prov deinit`: take out what `git prov init` put in."""

import os

import click

from gitprov.api.session import open_session
from gitprov.cli.commands.init import say


@click.command("deinit", short_help="Take out what init put in.")
@click.option("--global", "everywhere_", is_flag=True, help="Take out what init --global put in.")
@click.option("-q", "--quiet", is_flag=True, help="Say only what went wrong.")
def deinit(everywhere_: bool, quiet: bool) -> None:
    """Take hooks, fetch refspecs and the display in git log out of this clone again.

    Every file and setting is put back as it was, unless somebody else has changed it since. Records stay.
    """
    from gitprov.api.setup import everywhere, local

    if everywhere_:
        report = everywhere.deinit_global(os.getcwd(), os.environ)
    else:
        report = local.deinit(open_session(os.getcwd(), os.environ))
    say(report, quiet=quiet)
