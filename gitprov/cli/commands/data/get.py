"""`git prov data get`: bytes back, verified."""

import click

from gitprov.cli import output
from gitprov.cli.commands.data.common import session_here
from gitprov.cli.options import json_option
from gitprov.cli.progress import bar
from gitprov.errors import ExitStatus, UsageError


@click.command("get", short_help="Bring the data of a run, a path or a digest here.")
@click.option("--to", default=None, metavar="DIR", help="Put it below this directory instead of where it was.")
@click.option("--remote", default="", metavar="NAME", help="Fetch from this data remote alone what the store has not.")
@click.option("-f", "--force", is_flag=True, help="Put it in the place of files that differ from it.")
@click.option("--partial", is_flag=True, help="Bring what can be had and written here, and name what is left out.")
@click.option("--inputs", "which", flag_value="input", help="Of a run: only what it read.")
@click.option("--outputs", "which", flag_value="output", help="Of a run: only what it made.")
@json_option
@click.argument("what", nargs=-1, required=True, metavar="RUN|PATH|DIGEST...")
def get(
    *,
    what: tuple[str, ...],
    to: str | None,
    remote: str,
    force: bool,
    partial: bool,
    which: str | None,
    as_json: bool,
) -> int:
    """Bring data here, from the nearest place that has it, and verify every byte.

    Looked for in the working tree, the store, git's objects, data remotes, and where else a copy is known to be. RUN
    means all that a run read and made; PATH what was last recorded of it; DIGEST may be shortened: b3:1a2b3c4. A file
    that is there and differs is left alone without --force; a pointer of Git LFS gives way to its own bytes.

    A directory comes whole or not at all. With --partial what can be had of it comes; links that lead out of it are
    left out, and names that Windows cannot have are written. A name that leads out, or into .git, always refuses all.

    The exit status is 1 where anything could not be had; what is missing is named, with where it was last seen.

    \b
    $ git prov data get @
    $ git prov data get data/train.csv --to /tmp/then
    """
    from gitprov.api.data.get import GetOptions
    from gitprov.api.data.get import get as fetch
    from gitprov.model.data import MISSING
    from gitprov.views import data as view
    from gitprov.views import data_json

    if to == "":
        raise UsageError("--to names no directory", hint="leave it out, or name one: --to DIR")
    session = session_here()
    with bar("Fetching data") as progress:
        done = fetch(session, GetOptions(what, to or "", remote, force, which or "", partial), progress)
    if as_json:
        output.show_document(data_json.answers("paths", done.items, done.problems))
    else:
        output.show(session, output.screen(session), view.fetched(done.items))
    output.say(done.problems, done.notes)
    short = any(one.state == MISSING or one.missing or one.left_out for one in done.items)
    return ExitStatus.NO if short else ExitStatus.DONE
