"""`git prov data verify`: read the bytes again."""

import click

from gitprov.cli import output
from gitprov.cli.commands.data.common import scheduler_option, session_here
from gitprov.cli.options import json_option
from gitprov.cli.progress import bar
from gitprov.errors import ExitStatus


@click.command("verify", short_help="Read bytes again, and compare them with their digests.")
@click.option("--remote", default="", metavar="NAME", help="Read what this data remote has, instead of the store.")
@scheduler_option
@json_option
@click.argument("what", nargs=-1, metavar="[RUN|PATH|DIGEST]...")
def verify(what: tuple[str, ...], remote: str, scheduler: str, as_json: bool) -> int:
    """Read every byte again, whatever the time stamps say, and compare it with its digest.

    Without arguments all of the store, and what git keeps of data, but not the working tree; or all of a remote, and
    whether what was sent there is there. With arguments what they name: in the working tree and in the store, or on the
    remote. Each damage is named; what is damaged in the store is put aside and never given out.

    The exit status is 1 where anything is damaged or missing.
    """
    from gitprov.api.data.verify import verify as read_again
    from gitprov.views import data as view
    from gitprov.views import data_json

    session = session_here()
    with bar("Reading data") as progress:
        found = read_again(session, what, progress, remote=remote, scheduler=scheduler)
    if as_json:
        output.show_document(data_json.answers("places", found.items, found.problems))
    else:
        place = output.screen(session)
        output.show(session, place, view.verified(found.items, colour=place.colour))
    output.say(found.problems, found.notes)
    return ExitStatus.NO if any(one.damages or one.missing for one in found.items) else ExitStatus.DONE
