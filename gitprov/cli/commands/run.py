"""`git prov run`: run a command, observe it, record it."""

import os
import sys

import click

from gitprov.api.options import RunOptions
from gitprov.api.run import run_command
from gitprov.api.session import open_session
from gitprov.api.settings import TRACES


@click.command("run", context_settings={"ignore_unknown_options": False, "allow_interspersed_args": False})
@click.option("-m", "--message", default="", metavar="MSG", help="Why this run: kept with its record.")
@click.option("-i", "--input", "inputs", multiple=True, metavar="PATH", help="A file, directory or pattern it reads.")
@click.option("-o", "--output", "outputs", multiple=True, metavar="PATH", help="A file, directory or pattern it writes.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), help="Exported as GIT_PROV_SEED and PYTHONHASHSEED.")
@click.option("-t", "--tag", "tags", multiple=True, metavar="TAG", help="A name to find the run by.")
@click.option("--hypothesis", default="", metavar="TEXT", help="What you think will come of it.")
@click.option("--expect", multiple=True, metavar="EXPR", help="A condition on a metric: 'auc >= .9'.")
@click.option("--param", "params", multiple=True, metavar="K=V", help="A parameter of the run.")
@click.option("--metrics", multiple=True, metavar="FILE", help="JSON, TOML or YAML that it writes its results to.")
@click.option("--trace", type=click.Choice(TRACES), help="How to observe the files it touches.")
@click.option("-v", "--verbose", is_flag=True, help="Say what was recorded even when not on a terminal.")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED, metavar="-- CMD...")
def run(verbose: bool, **options: object) -> int:
    """Run a command, observe it, record it on the exact commit.

    The command keeps its terminal, standard streams, signals and exit status. It is recorded when it fails
    or is killed just the same.
    """
    session = open_session(os.getcwd(), os.environ)
    done = run_command(session, RunOptions(**options))  # type: ignore[arg-type]
    for warning in done.warnings:
        click.echo(f"warning: {warning}", err=True)
    if done.summary and (verbose or sys.stderr.isatty()):
        click.echo(done.summary, err=True)
    return done.status
