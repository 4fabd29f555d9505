"""`git prov data relocate`: bytes have moved to another address."""

import click

from gitprov.cli import output
from gitprov.cli.commands.data.common import session_here
from gitprov.cli.options import json_option


@click.command("relocate", short_help="Say that copies have moved to another address.")
@click.option("-n", "--dry-run", is_flag=True, help="Only say what would be recorded.")
@json_option
@click.argument("old")
@click.argument("new")
def relocate(old: str, new: str, dry_run: bool, as_json: bool) -> None:
    """Say that whatever was at addresses that begin with OLD is now at NEW: a bucket or a server has moved.

    For each copy known at OLD it is recorded that it is gone from there and where it is now; a data remote whose
    address begins with OLD gets the new one in `.gitprov.toml`. Digests, and so all records, stay as they are. No
    bytes are moved.

    \b
    $ git prov data relocate s3://old-bucket/data s3://new-bucket/data
    """
    from gitprov.api.data.relocate import relocate as move
    from gitprov.views import data as view
    from gitprov.views import data_json

    session = session_here()
    done = move(session, old, new, dry_run=dry_run)
    if as_json:
        output.show_document(data_json.answers("moves", done.items, done.problems))
    else:
        output.show(session, output.screen(session), view.moved(done.items))
    output.say(done.problems, done.notes)
