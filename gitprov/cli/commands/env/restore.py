"""`git prov env restore`: a recorded environment, built again."""

import os
import sys

import click

from gitprov.api.session import open_session
from gitprov.cli import output
from gitprov.cli.options import json_option


@click.command("restore", short_help="Build the environment of a run.")
@click.option("--in", "directory", default="", metavar="DIR", help="Build it there. Default: .venv- and the run's id.")
@click.option("--build", is_flag=True, help="Fetch from addresses in the record and build packages: runs their code.")
@click.option("--install-python", is_flag=True, help="Let uv install the recorded Python where it is not here.")
@click.option("--installer", type=click.Choice(["uv", "pip"]), help="Default: uv where it is installed.")
@click.option("--without", multiple=True, metavar="PACKAGE", help="Leave a package out; may be given several times.")
@json_option
@click.argument("name", default="@", metavar="[RUN]")
def restore(
    *,
    name: str,
    directory: str,
    build: bool,
    install_python: bool,
    installer: str | None,
    without: tuple[str, ...],
    as_json: bool,
) -> None:
    """Build the environment of a run as a virtual environment, with the recorded Python and the recorded versions.

    Where packages come from, your own pip or uv knows; what a record says of that is not used. Packages from an
    address or a repository in the record, and those that have to be built, are only installed with --build. What is
    not as it was recorded is said.

    \b
    $ git prov env restore @ --in .venv
    """
    from gitprov.api.environments import RestoreOptions, restore_environment
    from gitprov.replay.environment.world import Choices
    from gitprov.views import environments as view

    session = open_session(os.getcwd(), os.environ)
    choices = Choices(build, install_python, installer or "", without)
    done = restore_environment(session, RestoreOptions(name, directory, choices), _tell)
    if as_json:
        output.show_document(view.restored_json(done))
    else:
        output.show(session, output.screen(session), view.restored(done))
    output.say(done.problems, done.notes)


def _tell(words: str) -> None:
    """Say what is being done, to whoever looks."""
    if sys.stderr.isatty():
        print(words, file=sys.stderr)
