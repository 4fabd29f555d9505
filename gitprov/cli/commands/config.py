"""`git prov config`: what is set, and where that came from."""

import os

import click

from gitprov.api.session import open_session
from gitprov.cli import output
from gitprov.cli.options import json_option


@click.command("config", short_help="Show what is set, and where it came from.")
@click.option("--explain", is_flag=True, help="Show defaults too, where each value came from, and what it means.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of .gitprov.toml, for editors.")
@json_option
@click.argument("key", default="", metavar="[KEY]")
def config(key: str, explain: bool, schema: bool, as_json: bool) -> None:
    """Check what is set, and show it: what .gitprov.toml shares, and what git config prov.* says.

    A KEY such as rules.needs-review shows all below it; of a single one its value alone. A malformed file is
    refused with every fault in it, by line and key.

    \b
    $ git prov config capture.trace
    $ git prov config rules --explain
    """
    from gitprov.api.configured import configured
    from gitprov.views import settings as view

    if schema:
        from gitprov.views.schema import schema as document

        output.show_document(document())
        return
    session = open_session(os.getcwd(), os.environ)
    found = configured(session, key, defaults=explain or as_json)
    if as_json:
        output.show_document(view.as_json(found.settings))
    elif explain:
        place = output.screen(session)
        output.show(session, place, view.explained(found.settings, colour=place.colour))
    elif [one.key.lower() for one in found.settings] == [key.lower()]:
        output.show_document(view.alone(found.settings[0]))
    else:
        output.show(session, output.screen(session), view.listed(found.settings))
    output.say([], found.notes)
