"""`git prov doctor`: what is amiss here, and how to mend it."""

import json
import os

import click

from gitprov.api.doctor import examine
from gitprov.api.session import open_session
from gitprov.errors import ExitStatus
from gitprov.model.results import Finding
from gitprov.model.text import visible

_MARKS = {True: "ok", False: "!!", None: "--"}
_COLOURS = {True: "green", False: "red", None: "yellow"}


@click.command("doctor", short_help="Say what is amiss and how to mend it.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def doctor(as_json: bool) -> int:
    """Look at all that git prov stands on in this clone, and say what is amiss and how to mend it.

    Nothing is changed. The exit status is 1 when something is amiss.
    """
    findings = examine(open_session(os.getcwd(), os.environ))
    if as_json:
        document = {"schema": 1, "findings": [finding._asdict() for finding in findings]}
        click.echo(json.dumps(document, ensure_ascii=False))
    else:
        for finding in findings:
            _say(finding)
    return ExitStatus.NO if any(finding.ok is False for finding in findings) else ExitStatus.DONE


def _say(finding: Finding) -> None:
    mark = click.style(_MARKS[finding.ok], fg=_COLOURS[finding.ok])
    click.echo(f"{mark} {finding.name}: {visible(finding.summary)}")
    if finding.mend and finding.ok is not True:
        click.echo(f"     {visible(finding.mend)}")
