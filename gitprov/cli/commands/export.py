"""`git prov export`: a run in a format of others."""

import os

import click

from gitprov.api.session import open_session
from gitprov.cli import output
from gitprov.errors import ProvError

FORMATS = ("in-toto",)


@click.command("export", short_help="Write a run in another tool's format.")
@click.option("--format", "form", type=click.Choice(FORMATS), required=True, help="The format.")
@click.option("-o", "--output", "path", metavar="FILE", help="Where to; default: standard output.")
@click.option("--sign", is_flag=True, help="In a signed envelope (DSSE), with the key git signs commits with.")
@click.argument("name", default="@", metavar="[RUN]")
def export(name: str, form: str, path: str | None, sign: bool) -> None:
    """Write a run in a format that other tools read.

    in-toto: a statement with SLSA provenance about what the run made. RUN is as for git prov show.

    \b
    $ git prov export @ --format in-toto -o model.intoto.json --sign
    """
    from gitprov.api.exporting import in_toto_statement

    del form  # there is one
    session = open_session(os.getcwd(), os.environ)
    made = in_toto_statement(session, name, sign=sign)
    if path is None or path == "-":
        output.show_document(made.content.decode())
    else:
        _write(path, made.content)
    output.say(made.problems, made.notes)


def _write(path: str, content: bytes) -> None:
    try:
        with open(path, "wb") as file:
            file.write(content)
    except OSError as error:
        raise ProvError(f"{path} cannot be written: {error.strerror}", hint="name another file with -o") from None
