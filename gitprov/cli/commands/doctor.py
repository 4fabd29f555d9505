"""`git prov doctor`: what is amiss here, and how to mend it."""

import os

import click

from gitprov.api.session import open_session
from gitprov.cli import output
from gitprov.cli.options import json_option
from gitprov.errors import ExitStatus


@click.command("doctor", short_help="Say what is amiss and how to mend it.")
@json_option
def doctor(as_json: bool) -> int:
    """Look at all that git prov stands on in this clone, and say what is amiss and how to mend it.

    Nothing is changed. The exit status is 1 when something is amiss (!!); what is merely worth knowing (--) is not.
    """
    from gitprov.api.doctor import examine
    from gitprov.views import as_json as json_of
    from gitprov.views.findings import findings

    session = open_session(os.getcwd(), os.environ)
    found = examine(session)
    if as_json:
        output.show_document(json_of.findings(found))
    else:
        place = output.screen(session)
        output.show(session, place, findings(found, colour=place.colour))
    return ExitStatus.NO if any(finding.ok is False for finding in found) else ExitStatus.DONE
