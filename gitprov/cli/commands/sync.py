"""`git prov sync`: bring records, send records."""

import json
import os

import click

from gitprov.api.session import open_session
from gitprov.api.sync import sync as exchange
from gitprov.errors import ExitStatus
from gitprov.model.text import single_line
from gitprov.records.sync import Exchanged


@click.command("sync")
@click.argument("remote", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def sync(remote: str | None, as_json: bool) -> int:
    """Bring records, send records.

    Exchanges with REMOTE, or with every remote. Safe to repeat, safe beside others.
    """
    done = exchange(open_session(os.getcwd(), os.environ), remote)
    if as_json:
        remotes = [
            {"remote": item.remote, "received": item.received, "sent": item.sent.moved, "refused": _refused(item)}
            for item in done
        ]
        click.echo(json.dumps({"schema": 1, "remotes": remotes}, ensure_ascii=False))
    for item in done:
        _say(item, quiet=as_json)
    return ExitStatus.NO if any(item.sent.refused for item in done) else ExitStatus.DONE


def _say(item: Exchanged, *, quiet: bool) -> None:
    for problem in item.problems:
        click.echo(f"warning: {problem.where}: {problem.reason}", err=True)
    if item.sent.renamed and not item.rewritten:
        click.echo("note: this clone is a copy of another; it writes its records under a name of its own now", err=True)
    for refused in item.sent.refused:
        words = single_line(f"{refused.ref}: {refused.words}", 300)  # the other side's own
        click.echo(f"error: {item.remote} refused {words}", err=True)
    if not quiet:
        logs = "1 log" if item.received == 1 else f"{item.received} logs"
        refs = "1 ref" if item.sent.moved == 1 else f"{item.sent.moved} refs"
        news = item.received or item.sent.moved or item.sent.refused
        click.echo(f"{item.remote}: {f'{logs} received, {refs} sent' if news else 'up to date'}")


def _refused(item: Exchanged) -> list[dict[str, str]]:
    return [{"ref": refused.ref, "reason": refused.words} for refused in item.sent.refused]
