"""What the verbs of `git prov data` share: a session, a bar on a terminal, and an answer that is shown or printed."""

import contextlib
import os
import sys
import time
from collections.abc import Iterator

import click

from gitprov.api.options import Progress
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


@contextlib.contextmanager
def bar(what: str) -> Iterator[Progress | None]:
    """Yield what shows progress on a terminal; `None` where nobody looks."""
    if not sys.stderr.isatty():
        yield None
        return
    from gitprov.views.progress import Bar

    shown = Bar(what, sys.stderr, time.monotonic)
    try:
        yield shown
    finally:
        shown.close()
