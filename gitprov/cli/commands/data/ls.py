"""`git prov data ls`: what is known of data, and where copies are."""

import click

from gitprov.cli import output
from gitprov.cli.commands.data.common import session_here
from gitprov.cli.options import json_option


@click.command("ls", short_help="List known data and where copies are.")
@click.option("-a", "--all", "everything", is_flag=True, help="Earlier states of a path as well, not the newest alone.")
@json_option
@click.argument("what", nargs=-1, metavar="[RUN|PATH|DIGEST]...")
def ls(what: tuple[str, ...], everything: bool, as_json: bool) -> None:
    """List data that was added or pushed: digest, size, files, path, and where copies are known to be.

    A copy that is named need not be there any more: `git prov data verify --remote NAME` looks.
    """
    from gitprov.api.data.ls import ls as list_pointers
    from gitprov.views import data as view
    from gitprov.views import data_json

    session = session_here()
    found = list_pointers(session, what, everything=everything)
    if as_json:
        output.show_document(data_json.answers("pointers", found.items, found.problems))
    else:
        place = output.screen(session)
        output.show(session, place, view.listed(found.items, columns=place.columns, colour=place.colour))
    output.say(found.problems, found.notes)
