"""History with its runs: what `git log` shows, and which runs speak for each commit."""

from collections.abc import Generator, Mapping, Sequence
from typing import Final

from gitprov.api.reading import everything, fields, grader
from gitprov.api.session import Session
from gitprov.api.standings import standings
from gitprov.errors import GitFailed, UsageError
from gitprov.gitrepo import log as gitlog
from gitprov.gitrepo.formats import adapt
from gitprov.gitrepo.log import Annotated, LogCommit
from gitprov.model.answers import CommitRuns, History
from gitprov.records.layout import DISPLAY, ROOT, SUMMARY

EAGER: Final = 20_000
"""How many commits are graded before a person sees the first; older ones show the runs that name them."""

_NO_COMMITS: Final = "does not have any commits yet"
_HIDDEN: Final = (DISPLAY, SUMMARY)


def log(session: Session, args: Sequence[str], *, whole: bool) -> History:
    """Return the commits that `git log` with these arguments shows, each with its runs.

    Without `whole`, only the first `EAGER` of them, and all older commits that runs name. Raises `GitFailed` with
    git's words where the arguments mean nothing, `UsageError` for one that cannot be handed on.
    """
    reading = everything(session)
    try:
        commits = gitlog.walk(session.repo, _git_args(args), None if whole else EAGER)
        notes = []
    except GitFailed as error:
        if _NO_COMMITS not in error.stderr:
            raise
        commits, notes = [], ["there is no commit yet, so no run belongs to one; see all runs: git prov ls"]
    grades = grader(session, reading)
    if len(commits) == EAGER and not whole:
        commits += [LogCommit(oid, "") for oid in grades.known_commits() - {commit.oid for commit in commits}]
    answers = grades.grade(commits)
    named = {run for answer in answers for run in _named(answer)}
    known = standings(session, reading)
    runs = {stored.id: known.beside(fields(stored)) for stored in reading.runs if stored.id in named}
    return History(answers, runs, reading.problems, notes)


def output(
    session: Session, args: Sequence[str], lines: Mapping[str, str], *, environ: Mapping[str, str], colour: bool
) -> Generator[bytes, None, None]:
    """Yield the output of `git log` with these arguments, with `lines` of ours below the commits.

    `environ` is added to git's: the width, whether a pager is in use.
    """
    adapted = adapt(_git_args(args), session.repo.config)
    log_of_ours = Annotated(
        args=[f"--color={'always' if colour else 'never'}", *adapted.args],
        notes={oid: adapted.indent(text) for oid, text in lines.items()},
        heading="" if adapted.alone else "Runs:",
        alone=adapted.alone,
        hidden=_HIDDEN,
        environ=environ,
        config=[f"log.excludeDecoration={ROOT}*", *adapted.config],
    )
    return gitlog.annotated(session.repo, log_of_ours)


def _named(answer: CommitRuns) -> list[str]:
    return [*(graded.id for graded in answer.runs), *answer.uncommitted]


def _git_args(args: Sequence[str]) -> list[str]:
    """The person's arguments; `--all` means all history, not the refs in which we keep records."""
    found: list[str] = []
    for place, arg in enumerate(args):
        if arg == "--":
            return [*found, *args[place:]]
        if arg.startswith("--output") and not arg.startswith("--output-indicator"):
            raise UsageError(f"{arg.partition('=')[0]} is not for git prov log", hint="redirect its output: > FILE")
        if arg == "--stdin":
            raise UsageError("git prov log reads no revisions from standard input", hint="name them as arguments")
        if arg == "--all":
            found += [f"--exclude={ROOT}*", "--exclude=refs/notes/*"]
        found.append(arg)
    return found
