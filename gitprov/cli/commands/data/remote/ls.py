"""`git prov data remote ls`: the places for bytes."""

import click

from gitprov.cli import output
from gitprov.cli.commands.data.common import session_here
from gitprov.cli.options import json_option


@click.command("ls", short_help="List the places for bytes.")
@json_option
def ls(as_json: bool) -> None:
    """List the data remotes of this repository, and which of them is meant where none is named."""
    from gitprov.api.data.settings import load_data
    from gitprov.views import data as view
    from gitprov.views import data_json

    session = session_here()
    known = load_data(session)
    if as_json:
        output.show_document(data_json.answers("remotes", known.remotes.values()))
    else:
        place = output.screen(session)
        rows = [(one.name, one.url, one.name == known.default) for one in known.remotes.values()]
        output.show(session, place, view.remotes(rows, columns=place.columns))
