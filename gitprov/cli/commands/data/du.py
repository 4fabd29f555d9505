"""`git prov data du`: what takes how much room."""

import click

from gitprov.cli import output
from gitprov.cli.commands.data.common import session_here
from gitprov.cli.options import json_option


@click.command("du", short_help="Say how much room data takes, and where.")
@json_option
def du(as_json: bool) -> None:
    """Say how much room data takes: in the store, on the remotes as far as is known here, in git's own objects.

    Remotes are not asked: theirs is the sum of what is known to have been sent there, each
    file once.
    """
    from gitprov.api.data.du import du as measure
    from gitprov.views import data as view
    from gitprov.views import data_json

    session = session_here()
    found = measure(session)
    if as_json:
        output.show_document(data_json.answers("places", found.items, found.problems))
    else:
        place = output.screen(session)
        output.show(session, place, view.held(found.items, columns=place.columns))
    output.say(found.problems, found.notes)
