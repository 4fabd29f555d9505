"""What the verbs of `git prov data` share: a session, and the option of working on a cluster."""

import os

import click

from gitprov.api.session import Session, open_session

scheduler_option = click.option(
    "--scheduler",
    default="",
    metavar="ADDRESS",
    help="Let the Dask cluster of this scheduler do it; its workers must see the same files.",
)


def session_here() -> Session:
    """Open the repository that the command stands in."""
    return open_session(os.getcwd(), os.environ)
