"""`git prov sign`: vouch for records that were written without a signature."""

import os

import click

from gitprov.api.session import open_session
from gitprov.cli import output


@click.command("sign", short_help="Vouch for runs with your key.")
@click.option("--own", is_flag=True, help="All your records that nobody has signed.")
@click.argument("names", nargs=-1, metavar="[RUN]...")
def sign(names: tuple[str, ...], own: bool) -> None:
    """Vouch for runs and other records with the key that git signs your commits with.

    A record never changes: the signature is a record of its own, beside it. Records are signed as they are written
    once you say: git config prov.sign true

    RUN is as for git prov show. Default: the newest run.

    \b
    $ git prov sign @
    $ git prov sign --own
    """
    from gitprov.api.signing import sign as sign_records
    from gitprov.views.verification import signed

    session = open_session(os.getcwd(), os.environ)
    done = sign_records(session, names or (() if own else ("@",)), own=own)
    output.show(session, output.screen(session), signed(done))
    output.say(done.problems, done.notes)
