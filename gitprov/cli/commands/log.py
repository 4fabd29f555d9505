"""`git prov log`: history with its runs."""

import os
from collections.abc import Sequence

import click

from gitprov.api.session import open_session
from gitprov.cli import output
from gitprov.cli.options import GitArguments, json_option

_INDENT = 4
"""What git puts before a line of notes."""


@click.command("log", cls=GitArguments, short_help="Show history with its runs.")
@json_option
@click.argument("args", nargs=-1, type=click.UNPROCESSED, metavar="[GIT-LOG-ARGS]...")
def log(args: tuple[str, ...], as_json: bool) -> None:
    """Show history as git log does, with the runs of each commit below it.

    Takes the options, revisions and paths of git log as they are, formats too (in a format of your own, %N says
    where the runs stand). A run stands below the commit it ran on, below a commit with the same tree, the same code
    or the same patch, below what the commit became, and, where it had uncommitted changes, below the commit they
    were made to; each says so.

    \b
    $ git prov log --oneline -n 10
    $ git prov log --json main..topic -- src
    """
    from gitprov.api import log as history
    from gitprov.views import as_json as json_of
    from gitprov.views.text import log_lines

    session = open_session(os.getcwd(), os.environ)
    found = history.log(session, args, whole=as_json)
    if as_json:
        output.show_document(json_of.history(found))
    elif found.commits or not found.notes:
        place = output.screen(session, "color.diff")
        colour = _asked_colour(args, place.colour)
        room = None if place.columns is None else place.columns - _INDENT
        lines = log_lines(found, columns=room, colour=colour)
        output.stream(session, place, history.output(session, args, lines, environ=place.git_environ(), colour=colour))
    output.say(found.problems, found.notes)


def _asked_colour(args: Sequence[str], otherwise: bool) -> bool:
    """What the last of git's own options says about colour: our lines go with git's."""
    for arg in reversed(args[: args.index("--")] if "--" in args else args):
        if arg in ("--color", "--color=always"):
            return True
        if arg in ("--no-color", "--color=never"):
            return False
    return otherwise
