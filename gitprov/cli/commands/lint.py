"""`git prov lint`: advice on names, and on paths that are on one machine only."""

import os

import click

from gitprov.api.session import open_session
from gitprov.cli import output
from gitprov.cli.options import json_option
from gitprov.errors import ExitStatus


@click.command("lint", short_help="Give advice on names and paths.")
@json_option
@click.argument("paths", nargs=-1, metavar="[PATH]...")
def lint(paths: tuple[str, ...], as_json: bool) -> int:
    """Give advice on the names of tracked files, on absolute paths in configuration files, and in the newest runs.

    Names: spaces, names that differ in case only, versions by hand (final_v2_new, copy of), untitled notebooks, dates
    in the names of results. Paths: home directories, scratch disks and mounted drives in YAML, TOML, JSON, INI and
    CFG files, and in the commands and parameters of the newest runs. With PATH: what is tracked there alone.

    The exit status is 1 where there is advice, and 0 where there is none. What is not to be looked at stands in
    .gitprov.toml, in ignore of [lint].
    """
    from gitprov.api.linting.tree import lint as look
    from gitprov.views import advice as views
    from gitprov.views import as_json as json_of

    session = open_session(os.getcwd(), os.environ)
    found = look(session, paths)
    if as_json:
        output.show_document(json_of.document("advice", (one._asdict() for one in found.advice)))
    else:
        place = output.screen(session)
        output.show(session, place, views.advice(found, colour=place.colour))
    return ExitStatus.NO if found.advice else ExitStatus.DONE
