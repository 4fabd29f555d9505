"""What `git prov reproduce --bisect env` does between options and exit status: shows, asks, tries, reports."""

import os
from typing import NamedTuple

from gitprov.api.reading import everything
from gitprov.api.reproduce import bisecting
from gitprov.api.reproduce.options import ReproduceOptions
from gitprov.api.reproduce.proposing import find, prepare, propose
from gitprov.api.session import open_session
from gitprov.cli import output
from gitprov.cli.progress import bar
from gitprov.cli.reproducing import Asked, ending_by_signals, is_agreed, is_coloured, tell, width, write
from gitprov.errors import ExitStatus, UsageError
from gitprov.views import bisection, reproduction

_WIDTH = 80


class Wanted(NamedTuple):
    """What is bisected."""

    against: str = ""
    """The run with the other environment; `""` for the last reproduction that did not stand."""
    metric: str = ""
    """`""` for the whole verdict."""


def execute(asked: Asked, wanted: Wanted, options: ReproduceOptions) -> int:
    """Find the package that makes a difference, show it, and return the exit status."""
    _require_sense(asked, options)
    session = open_session(os.getcwd(), os.environ)
    reading = everything(session)
    with ending_by_signals():
        stored = find(session, reading, asked.names[0])
        against = bisecting.other_run(session, reading, stored, wanted.against)
        prepared = prepare(session, reading, stored, options)
        found = bisecting.prepare_bisection(session, prepared, against, options, wanted.metric)
        told = propose(session, prepared, options)
        told = told._replace(environment=bisecting.proposed(found))
        write(reproduction.proposal(told, columns=width(), colour=is_coloured(session)))
        if not is_agreed(asked, [told]):
            return ExitStatus.NO
        with bar("Bringing data") as progress:
            listener = bisecting.Listener(tell, lambda one: write(bisection.step(one, columns=width())), progress)
            done = bisecting.perform_bisection(session, found, options, listener)
    if asked.as_json:
        output.show_document(bisection.bisections(done))
    else:
        screen = output.screen(session)._replace(pager="")
        output.show(session, screen, bisection.report(done, columns=screen.columns or _WIDTH, colour=screen.colour))
    return ExitStatus.DONE


def _require_sense(asked: Asked, options: ReproduceOptions) -> None:
    """Raise `UsageError` for options that mean nothing in a bisection."""
    if asked.is_many or asked.resume or len(asked.names) != 1:
        raise UsageError("a bisection is of one run", hint="git prov reproduce RUN --bisect env --against RUN")
    if options.environment != "restore":
        raise UsageError("a bisection builds environments", hint="leave out --env, or say --env restore")
    if options.directory:
        raise UsageError("a bisection has no place that could stay", hint="leave out --in")
