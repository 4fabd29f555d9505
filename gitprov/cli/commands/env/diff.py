"""`git prov env diff`: what two environments do not share."""

import os

import click

from gitprov.api.session import open_session
from gitprov.cli import output
from gitprov.cli.options import json_option
from gitprov.errors import ExitStatus


@click.command("diff", short_help="Compare the environments of two runs.")
@json_option
@click.argument("before", metavar="A")
@click.argument("after", default="@", metavar="[B]")
def diff(before: str, after: str, as_json: bool) -> int:
    """Compare the environments of two runs: interpreter, platform, every package. Default for B: the newest run.

    The exit status is 0 where they are the same, and 1 where anything differs.
    """
    from gitprov.api.environments import diff_environments
    from gitprov.views import environments as view

    session = open_session(os.getcwd(), os.environ)
    found = diff_environments(session, before, after)
    if as_json:
        output.show_document(view.changes_json(found))
    else:
        place = output.screen(session, "color.diff")
        output.show(session, place, view.changes(found, columns=place.columns, colour=place.colour))
    output.say(found.problems, [])
    return ExitStatus.NO if found.changes else ExitStatus.DONE
