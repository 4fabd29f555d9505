"""`git prov data status`: does the working tree still hold what is recorded?"""

import click

from gitprov.cli import output
from gitprov.cli.commands.data.common import session_here
from gitprov.cli.options import json_option
from gitprov.cli.progress import bar
from gitprov.errors import ExitStatus


@click.command("status", short_help="Compare data with what is recorded.")
@json_option
@click.argument("paths", nargs=-1, metavar="[PATH]...")
def status(paths: tuple[str, ...], as_json: bool) -> int:
    """Compare the working tree with what was added, and what runs read and made, the newest of each path.

    Each path is same, changed (how many files; how many rows, in a small table whose old bytes are in the store),
    missing, new, or cannot be read. What has not been touched since is not read again. Default: all data that is known.

    The exit status is 0 where all is the same, and 1 where anything is not.
    """
    from gitprov.api.data.status import status as compare
    from gitprov.model.data import SAME
    from gitprov.views import data as view
    from gitprov.views import data_json

    session = session_here()
    with bar("Comparing data") as progress:
        found = compare(session, paths, progress)
    if as_json:
        output.show_document(data_json.answers("paths", found.items, found.problems))
    else:
        place = output.screen(session, "color.status")
        output.show(session, place, view.status(found.items, columns=place.columns, colour=place.colour))
    output.say(found.problems, found.notes)
    return ExitStatus.DONE if all(one.state == SAME for one in found.items) else ExitStatus.NO
