"""`git prov data remote add`: name a place for bytes."""

import click

from gitprov.cli import output
from gitprov.cli.commands.data.common import session_here
from gitprov.errors import UsageError


@click.command("add", short_help="Name a place for bytes.")
@click.option(
    "-o", "--option", "options", multiple=True, metavar="KEY=VALUE", help="What the place needs: profile=lab."
)
@click.option("--default", is_flag=True, help="Mean this one where no remote is named.")
@click.argument("name")
@click.argument("url")
def add(name: str, url: str, options: tuple[str, ...], default: bool) -> None:
    """Write a data remote into `.gitprov.toml`; the file's other text stays as it is.

    URL is a directory, or an address: sftp://host/dir, s3://bucket/prefix, gs://, az://, webdav://, https:// (to read
    only). Passwords and keys come from the places that each service has for them, never from here.

    \b
    $ git prov data remote add store s3://bucket/prefix -o endpoint_url=https://s3.example.org
    $ git prov data remote add nas /mnt/nas/project
    """
    from gitprov.api.data.configfile import add_remote, parse_options
    from gitprov.api.data.settings import DataRemote

    said = dict(option.partition("=")[::2] for option in options)
    if "" in said or not all("=" in option for option in options):
        raise UsageError("an option is KEY=VALUE", hint="for example: -o profile=lab")
    session = session_here()
    file = add_remote(session, DataRemote(name, url, parse_options(said)), default=default)
    output.say((), [f"{file} has it now; commit it, so that everybody has it"])
