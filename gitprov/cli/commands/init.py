"""`git prov init`: set this clone up, or every later one."""

import os
import shutil
import sys
from typing import TYPE_CHECKING

import click

from gitprov.api.session import Session, open_session
from gitprov.errors import UsageError
from gitprov.model.text import visible

if TYPE_CHECKING:
    from gitprov.api.setup.local import Report
    from gitprov.api.templates.beginning import Plan


@click.command("init", short_help="Set this clone up.")
@click.option("--remote", default="", metavar="NAME", help="Let git fetch bring records from this remote alone.")
@click.option("--global", "everywhere_", is_flag=True, help="Set up every clone you make from now on.")
@click.option(
    "--template", default="", metavar="T", help="Begin with its files: research, benchmark, course, a directory."
)
@click.option("-q", "--quiet", is_flag=True, help="Say only what went wrong.")
def init(remote: str, everywhere_: bool, template: str, quiet: bool) -> None:
    """Set this clone up: hooks that send records along with a push, fetch refspecs, runs shown in git log.

    It can be repeated, and mends what was changed since. Hooks of others go on being run: with a git older than 2.54
    they are kept in `.git/hooks.before-git-prov`. What a push does to your branches stays as it is. `git prov deinit`
    takes all of it out again.

    --template writes files into the working tree for you to commit: rules that warn, a commit template, lines for
    .gitignore. T is research, benchmark, course, a template in .gitprov/templates/, or a directory. What is there
    already stays as it is.
    """
    from gitprov.api.setup import everywhere, local

    if everywhere_ and remote:
        raise UsageError("--global and --remote exclude each other", hint="set up one remote in its own clone")
    if everywhere_ and template:
        raise UsageError("--global and --template exclude each other", hint="name a template in its own clone")
    if everywhere_:
        say(everywhere.init_global(os.getcwd(), os.environ, program=program()), quiet=quiet)
    else:
        session = open_session(os.getcwd(), os.environ)
        planned = _planned(session, template)
        say(local.init(session, program=program(), remote=remote), quiet=quiet)
        if planned:
            from gitprov.api.templates.beginning import begin

            say(begin(session, planned), quiet=quiet)


def _planned(session: Session, template: str) -> "Plan | None":
    """What is to be laid, where something is: found out before anything is done."""
    if not template:
        return None
    from gitprov.api.templates.beginning import plan

    return plan(session, template)


def program() -> str:
    """The git-prov that is running: what the hooks are to start."""
    beside = os.path.join(os.path.dirname(sys.executable), "git-prov")
    if os.path.basename(sys.argv[0]) == "git-prov":
        return os.path.abspath(shutil.which(sys.argv[0]) or sys.argv[0])
    return beside if os.path.exists(beside) else shutil.which("git-prov") or beside


def say(report: "Report", *, quiet: bool) -> None:
    """What was done on standard output, what else there is to know on standard error."""
    for line in [] if quiet else report.done:
        click.echo(visible(line))
    for line in [] if quiet else report.notes:
        click.echo(f"note: {visible(line)}", err=True)
    for line in report.warnings:
        click.echo(f"warning: {visible(line)}", err=True)
