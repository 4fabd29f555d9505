"""`git prov data status`: does the working tree still hold what is recorded?"""

import click

from gitprov.cli import data
from gitprov.cli.options import json_option


@click.command("status", short_help="Compare data with what is recorded.")
@json_option
@click.argument("paths", nargs=-1, metavar="[PATH]...")
def status(paths: tuple[str, ...], as_json: bool) -> int:
    """Compare the working tree with what was added, and what runs read and made, the newest of each path.

    Each path is same, changed (how many files; how many rows, in a small table whose old bytes are in the store),
    missing, new, or cannot be read. What has not been touched since is not read again. Default: all data that is known.

    The exit status is 0 where all is the same, and 1 where anything is not.
    """
    return data.status(paths, as_json=as_json)
