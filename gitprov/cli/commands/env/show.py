"""`git prov env show`: what was installed where a run ran."""

import os

import click

from gitprov.api.session import open_session
from gitprov.cli import output
from gitprov.cli.options import json_option


@click.command("show", short_help="Show the environment of a run.")
@click.option("--lock", "what", flag_value="lock", help="Print the lock itself, a pylock.toml.")
@click.option("--conda", "what", flag_value="conda", help="Print what conda kept, for conda create --file.")
@json_option
@click.argument("name", default="@", metavar="[RUN]")
def show(name: str, what: str | None, as_json: bool) -> None:
    """Show the environment of a run: its interpreter, its platform, and every package with its version.

    Packages that the run was seen to import are marked. Default: the newest run.

    \b
    $ git prov env show @ --lock > pylock.toml
    """
    from gitprov.api.environments import show_environment
    from gitprov.errors import NotFound
    from gitprov.views import environments as view

    session = open_session(os.getcwd(), os.environ)
    found = show_environment(session, name)
    if what and not (found.lock if what == "lock" else found.conda):
        raise NotFound(*view.nothing(what, found))
    if what == "lock":
        output.show_document(found.lock.decode("utf-8", "replace"))
    elif what == "conda":
        output.show_document(view.explicit(found))
    elif as_json:
        output.show_document(view.shown_json(found))
    else:
        place = output.screen(session)
        output.show(session, place, view.shown(found, columns=place.columns, colour=place.colour))
    output.say(found.problems, found.notes)
