"""`git prov ls`: a table of runs."""

import os
from datetime import UTC, datetime

import click

from gitprov.api.session import open_session
from gitprov.cli import output
from gitprov.cli.options import json_option


@click.command("ls", short_help="List runs as a table.")
@click.option(
    "--sort", default="", metavar="FIELD", help="Sort by a field; -FIELD: greatest first. Default: newest first."
)
@click.option("--columns", default="", metavar="FIELD,...", help="The fields to show.")
@click.option("-n", "--max-count", "limit", type=click.IntRange(min=0), metavar="N", help="Show at most N runs.")
@json_option
@click.argument("words", nargs=-1, metavar="[QUERY] [A..B]")
def ls(words: tuple[str, ...], sort: str, columns: str, limit: int | None, as_json: bool) -> None:
    """List runs as a table, the newest first.

    QUERY asks for fields of the record: 'metrics.accuracy > 0.9 and status == "ok"'. Conditions are joined with
    and, or, not and parentheses; ~ searches for a regular expression, in [..] compares with several values, a field
    alone asks whether a run has it. Names with other characters stand in quotes: metrics.'val/acc'. Short names:
    commit, base, tag; dates as in at >= "2026-11-01", in UTC.

    A..B lists the runs on the commits of a range, those with uncommitted changes too; a single commit, its runs.

    \b
    $ git prov ls 'metrics.accuracy > 0.9' --sort -metrics.accuracy
    $ git prov ls 'command ~ "train" and not tag == "draft"' main..topic
    """
    from gitprov.api.ls import LsOptions
    from gitprov.api.ls import ls as list_runs
    from gitprov.views import as_json as json_of
    from gitprov.views.table import table

    session = open_session(os.getcwd(), os.environ)
    found = list_runs(session, LsOptions(words, sort, columns, limit))
    if as_json:
        output.show_document(json_of.listing(found))
    else:
        place = output.screen(session)
        now = datetime.fromtimestamp(session.clock(), UTC)
        output.show(session, place, table(found, now=now, columns=place.columns, colour=place.colour))
    output.say(found.problems, found.notes)
