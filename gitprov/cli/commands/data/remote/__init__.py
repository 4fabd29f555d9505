"""`git prov data remote`: places for bytes. A verb of it is one line in `COMMANDS`, as in `cli.app`."""

import click

from gitprov.cli.lazy import LazyGroup

_HERE = "gitprov.cli.commands.data.remote"

COMMANDS = {
    "add": f"{_HERE}.add:add",
    "ls": f"{_HERE}.ls:ls",
    "rm": f"{_HERE}.rm:rm",
}


@click.group("remote", cls=LazyGroup, lazy=COMMANDS, short_help="Say where the bytes of data are shared.")
def remote() -> None:
    """Say where the bytes of data are shared: a directory, sftp, S3, ...

    Data remotes stand in `.gitprov.toml`, which is committed like any file, so that everybody has the same ones.
    """
