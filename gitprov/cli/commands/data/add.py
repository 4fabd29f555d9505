"""`git prov data add`: take digests of data, and keep its bytes."""

import click

from gitprov.cli import data
from gitprov.cli.commands.data.common import scheduler_option
from gitprov.cli.options import json_option


@click.command("add", short_help="Record data by content, and keep its bytes.")
@click.option("--keep/--no-keep", default=True, help="Keep the bytes in the store of this clone. Default: keep.")
@click.option("--profile", is_flag=True, help="Describe tables as well: rows, columns, ranges, what is missing.")
@click.option(
    "--licence", "--license", "licence", default="", metavar="TEXT", help="Under which licence it may be used."
)
@click.option("--owner", default="", metavar="TEXT", help="Whose data it is.")
@click.option("--note", default="", metavar="TEXT", help="What else there is to know.")
@click.option("--url", default="", metavar="URL", help="Where PATH was got: refer to it there, do not keep the bytes.")
@scheduler_option
@json_option
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
def add(*, paths: tuple[str, ...], keep: bool, profile: bool, as_json: bool, **others: str) -> int:
    """Record what files and directories hold, by digest, and keep their bytes.

    Git gets digests and file names, a few kilobytes; the bytes go into the store of this clone (sharing blocks where
    the file system can). What Git LFS, DVC or git-annex have already is referred to and not copied. Adding the same
    again changes nothing. Adding what has changed records the new state beside the old.

    \b
    $ git prov data add data/images
    $ git prov data add --no-keep data/huge --owner 'The lab'
    $ git prov data add --url https://example.org/train.csv data/train.csv
    """
    return data.add(paths, keep=keep, profile=profile, as_json=as_json, **others)
