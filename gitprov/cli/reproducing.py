"""What `git prov reproduce` does between options and exit status: shows, asks, runs, reports."""

import contextlib
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import click

from gitprov.api.reading import Reading, everything
from gitprov.api.reproduce import many, parallel
from gitprov.api.reproduce.chains import chain
from gitprov.api.reproduce.options import ReproduceOptions
from gitprov.api.reproduce.performing import perform
from gitprov.api.reproduce.proposing import Prepared, prepare, propose
from gitprov.api.reproduce.running import Interrupted
from gitprov.api.session import Session, open_session
from gitprov.cli import output, verdicts
from gitprov.cli.progress import bar
from gitprov.errors import ExitStatus, ProvError, UsageError
from gitprov.model.reproduction import Proposal, Reproduced, Row
from gitprov.model.stored import Stored
from gitprov.model.text import single_line
from gitprov.model.words import command_line
from gitprov.views import reproduction, reproduction_json, reproductions

_WIDTH = 80
_REASON = 300
_YES = "yes"


class Asked(NamedTuple):
    """What a person asked for, besides how each run is reproduced."""

    names: Sequence[str]
    query: str = ""
    within: str = ""
    jobs: int = 1
    resume: bool = False
    is_chain: bool = False
    is_agreed: bool = False
    as_json: bool = False
    as_markdown: bool = False

    @property
    def is_many(self) -> bool:
        """Whether the answer is a table."""
        return bool(self.query or self.within or len(self.names) > 1 or self.as_markdown or self.is_chain)


def execute(asked: Asked, options: ReproduceOptions) -> int:
    """Do all of it, and return the exit status."""
    session = open_session(os.getcwd(), os.environ)
    reading = everything(session)
    with ending_by_signals():
        runs = many.selected(session, reading, asked.names, query=asked.query, within=asked.within)
        if asked.is_chain:
            # one after the other: each brings what the next one reads
            runs = list({one.id: one for run in runs for one in chain(session, reading, run)}.values())
            asked, options = asked._replace(jobs=1), options._replace(keep=True)
        if options.directory and (len(runs) > 1 or asked.is_many):
            raise UsageError("--in is a place for one run", hint="name one run, or leave --in out")
        work = _Work(session, reading, asked, options)
        return work.several(runs) if asked.is_many else work.one(runs[0])


class _Work:
    def __init__(self, session: Session, reading: Reading, asked: Asked, options: ReproduceOptions) -> None:
        self._session = session
        self._reading = reading
        self._asked = asked
        self._options = options

    def one(self, stored: Stored) -> int:
        """Reproduce one run, and show all that came of it."""
        prepared = prepare(self._session, self._reading, stored, self._options)
        told = propose(self._session, prepared, self._options)
        write(reproduction.proposal(told, columns=width(), colour=is_coloured(self._session)))
        if not is_agreed(self._asked, [told]):
            return ExitStatus.NO
        done = self._perform(prepared)
        if self._asked.as_json:
            output.show_document(reproduction_json.answers([done.replication], [done.rerun]))
        else:
            screen = output.screen(self._session)._replace(pager="")
            report = reproduction.report(done, columns=screen.columns or _WIDTH, colour=screen.colour)
            output.show(self._session, screen, report)
            if _may_be_packages(done):
                write(f"hint: which of the packages makes it: git prov reproduce {stored.id[:7]} --bisect env\n")
        return ExitStatus.DONE if done.stands else ExitStatus.NO

    def several(self, runs: Sequence[Stored]) -> int:
        """Reproduce several, one after the other or side by side, and show a table."""
        known = many.done_here(self._reading, self._options) if self._asked.resume else {}
        left = [stored for stored in runs if stored.id not in known]
        told = [self._proposed(stored) for stored in left]
        if left:
            write(reproductions.proposals(told, columns=width()))
            if not is_agreed(self._asked, told):
                return ExitStatus.NO
        rows = {run: Row(run, "", one.verdict, one.reason or "", is_earlier=True) for run, one in known.items()} | dict(
            self._all(left)
        )
        return self._show([rows[stored.id]._replace(command=_line_of(stored)) for stored in runs])

    def _proposed(self, stored: Stored) -> Proposal:
        try:
            prepared = prepare(self._session, self._reading, stored, self._options)
        except ProvError as error:
            return _without_plan(stored, error)
        return propose(self._session, prepared, self._options)

    def _all(self, left: Sequence[Stored]) -> Iterator[tuple[str, Row]]:
        limit = min(self._asked.jobs, len(left)) or 1
        ended = parallel.each(self._session, [stored.id for stored in left], self._options, limit)
        with contextlib.closing(ended):
            for number, one in enumerate(ended, start=1):
                found = one.replication or {}
                reason = str(found.get("reason", "")) if found else _last_line(one.said)
                row = Row(one.run, "", str(found.get("verdict", "")), reason)
                tell(f"{number} of {len(left)}: {one.run[:7]} {row.verdict or 'error'}")
                yield one.run, row

    def _show(self, rows: Sequence[Row]) -> int:
        if self._asked.as_json:
            output.show_document(reproduction_json.rows(rows))
        elif self._asked.as_markdown:
            summary = reproductions.markdown(rows)
            print(summary, end="")
            verdicts.summarize(lambda: summary, self._session.environ)
        else:
            screen = output.screen(self._session)._replace(pager="")
            answer = reproductions.table(rows, columns=screen.columns or _WIDTH, colour=screen.colour)
            output.show(self._session, screen, answer)
        stands = all(row.verdict in ("identical", "within-tolerance") for row in rows)
        return ExitStatus.DONE if stands else ExitStatus.NO

    def _perform(self, prepared: Prepared) -> Reproduced:
        with bar("Bringing data") as progress:
            done = perform(self._session, prepared, self._options, tell, progress)
        output.say(done.problems, ())
        for warning in done.warnings:
            print(f"warning: {single_line(warning, _REASON)}", file=sys.stderr)
        return done


def is_agreed(asked: Asked, told: Sequence[Proposal]) -> bool:
    """Return whether somebody wants what was shown. Raises `UsageError` where nobody can be asked."""
    if asked.is_agreed:
        return True
    if all(one.impossible for one in told):
        print("Nothing was run: it cannot be run again.", file=sys.stderr)
        return False
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("nothing was run: there is nobody to ask", hint="when you have read it and trust it: --yes")
    write("Run it? Type yes: " if len(told) == 1 else "Run all of them? Type yes: ")
    if sys.stdin.readline().strip() == _YES:
        return True
    print("Nothing was run.", file=sys.stderr)
    return False


def write(text: str) -> None:
    """Say something to who sits before it, where answers do not go."""
    sys.stderr.write(text)
    sys.stderr.flush()


def _may_be_packages(done: Reproduced) -> bool:
    """Tell whether there are several packages to choose from, for a result that does not stand."""
    kinds = [one["kind"] for one in done.replication.get("deviation", ())]
    return not done.stands and bool(done.rerun) and sum("package" in kind for kind in kinds) > 1


def _without_plan(stored: Stored, error: ProvError) -> Proposal:
    by = str(getattr(stored.record, "by", ""))
    return Proposal(stored.id, _line_of(stored), by, stored.at, impossible=(error.message,))


def _line_of(stored: Stored) -> str:
    return single_line(command_line({"command": getattr(stored.record, "command", ())}), _REASON)


def _last_line(said: str) -> str:
    lines = [line for line in said.splitlines() if line.startswith(("fatal: ", "error: "))]
    return single_line(lines[-1].partition(": ")[2] if lines else "it did not come to an end", _REASON)


def is_coloured(session: Session) -> bool:
    """Return whether what `write` says has colours."""
    return sys.stderr.isatty() and "NO_COLOR" not in session.environ


def tell(words: str) -> None:
    """Say what is being done now."""
    print(f"{single_line(words, _WIDTH)} ...", file=sys.stderr, flush=True)


def width() -> int:
    """Return the columns of where `write` goes."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or _WIDTH
    except (OSError, ValueError):
        return _WIDTH


@contextlib.contextmanager
def ending_by_signals() -> Iterator[None]:
    """Have signals that end programs unwind us like a Ctrl-C does, so that what was made is taken away."""

    def end(number: int, _: object) -> None:
        raise Interrupted(number)

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    except Interrupted as error:
        print("interrupted: nothing was recorded, nothing is left", file=sys.stderr)
        raise click.exceptions.Exit(128 + error.number) from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
