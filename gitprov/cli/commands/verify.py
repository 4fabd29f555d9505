"""`git prov verify`: who vouches for records."""

import os

import click

from gitprov.api.session import open_session
from gitprov.cli import output
from gitprov.cli.options import json_option
from gitprov.errors import ExitStatus, UsageError


@click.command("verify", short_help="Say who vouches for runs: check signatures.")
@json_option
@click.option("--all", "every", is_flag=True, help="Every record, and whether a remote's log was rewritten.")
@click.argument("names", nargs=-1, metavar="[RUN]...")
def verify(names: tuple[str, ...], every: bool, as_json: bool) -> int:
    """Say who vouches for runs and other records, as git says it of commits.

    RUN is a run's or another record's id, @ for the newest run, a commit, or a file that a run made. Default: the
    newest run. The exit status is 0 where each is well signed by whoever it names, or vouched for by somebody whose
    key counts here, else 1.

    \b
    $ git prov verify @
    $ git prov verify --all
    """
    from gitprov.api.verifying import verify as verify_records
    from gitprov.views import verification

    if names and every:
        raise UsageError("--all leaves no RUN to name", hint="give one or the other")
    session = open_session(os.getcwd(), os.environ)
    found = verify_records(session, names or ("@",), every=every)
    if as_json:
        output.show_document(verification.as_json(found))
    else:
        place = output.screen(session)
        shown = verification.answer(found, every=every, columns=place.columns, colour=place.colour)
        output.show(session, place, shown)
    output.say(found.problems, found.notes)
    return ExitStatus.DONE if found.holds else ExitStatus.NO
