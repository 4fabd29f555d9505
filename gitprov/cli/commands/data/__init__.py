"""`git prov data`: content-addressed data. A verb of it is one line in `COMMANDS`, as in `cli.app`."""

import click

from gitprov.cli.lazy import LazyGroup

_HERE = "gitprov.cli.commands.data"

COMMANDS = {
    "add": f"{_HERE}.add:add",
    "du": f"{_HERE}.du:du",
    "get": f"{_HERE}.get:get",
    "ls": f"{_HERE}.ls:ls",
    "push": f"{_HERE}.push:push",
    "relocate": f"{_HERE}.relocate:relocate",
    "remote": f"{_HERE}.remote:remote",
    "status": f"{_HERE}.status:status",
    "verify": f"{_HERE}.verify:verify",
}


@click.group("data", cls=LazyGroup, lazy=COMMANDS, short_help="Keep, compare, share and fetch data by content.")
def data() -> None:
    """Keep, compare, share and fetch data by what it holds.

    Git keeps digests and where copies are; the bytes stay outside of it, in a store of this clone and on remotes.

    \b
    $ git prov data add data/images
    $ git prov data remote add store s3://bucket/prefix
    $ git prov data push
    $ git prov data get @
    """
