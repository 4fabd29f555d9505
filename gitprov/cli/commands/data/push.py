"""`git prov data push`: bytes to a remote."""

import click

from gitprov.cli import output
from gitprov.cli.commands.data.common import scheduler_option, session_here
from gitprov.cli.options import json_option
from gitprov.cli.progress import bar
from gitprov.errors import ExitStatus


@click.command("push", short_help="Send the bytes of data to a remote.")
@scheduler_option
@json_option
@click.argument("words", nargs=-1, metavar="[WHAT]... [REMOTE]")
def push(words: tuple[str, ...], scheduler: str, as_json: bool) -> int:
    """Send the bytes of data to a data remote, as far as it has not got them.

    WHAT is a run, a path or a digest; default: all that the store of this clone keeps. What is not kept is read from
    the working tree, if it is still there. REMOTE is a data remote's name; default: the only one, or the one that
    `.gitprov.toml` makes the default. A push that was cut off goes on from where it was.

    What the rule data-classes holds back from REMOTE is not sent, and named.

    The digests travel with git push, or git prov sync.

    \b
    $ git prov data push
    $ git prov data push @ store
    """
    from gitprov.api.heldback import push as send
    from gitprov.views import data as view
    from gitprov.views import data_json

    session = session_here()
    with bar("Sending data") as progress:
        done = send(session, words, progress, scheduler=scheduler)
    if as_json:
        output.show_document(data_json.answers("pushes", done.items, done.problems))
    else:
        output.show(session, output.screen(session), view.pushed(done.items))
    output.say(done.problems, done.notes)
    return ExitStatus.NO if any(one.missing or one.held for one in done.items) else ExitStatus.DONE
