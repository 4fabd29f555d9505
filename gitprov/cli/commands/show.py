"""`git prov show`: one run in full, or all records of a commit."""

import os
from datetime import UTC, datetime

import click

from gitprov.api.session import open_session
from gitprov.cli import output
from gitprov.cli.options import json_option


@click.command("show", short_help="Show one run in full.")
@json_option
@click.argument("name", default="@", metavar="[RUN]")
def show(name: str, as_json: bool) -> None:
    """Show one run in full; all records of a commit, where RUN is one.

    RUN is a run's id or its first digits, @ for the newest run, @~N for the Nth before it, a commit, or a file
    that a run made. Default: the newest run.

    \b
    $ git prov show @~1
    $ git prov show results/model.json
    """
    from gitprov.api.show import show as show_records
    from gitprov.views import as_json as json_of
    from gitprov.views.record import shown

    session = open_session(os.getcwd(), os.environ)
    found = show_records(session, name)
    if as_json:
        output.show_document(json_of.shown(found))
    else:
        place = output.screen(session)
        now = datetime.fromtimestamp(session.clock(), UTC)
        output.show(session, place, shown(found, now=now, columns=place.columns, colour=place.colour))
    output.say(found.problems, found.notes)
