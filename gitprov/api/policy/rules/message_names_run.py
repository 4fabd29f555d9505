"""`message-names-run`: the message of a commit that changes `paths` names its run, in a `Prov-Run:` trailer."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from gitprov.api.policy.changes import Changed
from gitprov.api.policy.facts import Facts
from gitprov.api.policy.matching import matcher
from gitprov.api.policy.words import finding, named, several
from gitprov.gitrepo.changes import messages
from gitprov.gitrepo.trailers import trailers
from gitprov.model.ids import ABBREV
from gitprov.model.policy import MessageNamesRun
from gitprov.model.records import Run
from gitprov.model.verdicts import Finding

NAME: Final = "message-names-run"
TRAILER: Final = "Prov-Run"
DIGITS: Final = 12
"""How many digits of a run's id the hook writes."""
_SHORT: Final = 12


def find(rule: MessageNamesRun, facts: Facts) -> Iterator[Finding]:
    """Yield the commits that keep silent about the run whose results they hold; what no run made they cannot name."""
    change = facts.change
    if change.message is not None:
        yield from _of_message(rule, change.message, "", facts.results(rule.paths), facts)
    if not change.commits:
        return
    is_about = matcher(rule.paths)
    touched = {
        commit: files
        for commit, changes in facts.history.items()
        if (files := [one for one in changes if _brings_result(one, is_about)])
    }
    said = messages(facts.session.repo, touched)
    for commit, files in touched.items():
        yield from _of_message(rule, said.get(commit, ""), commit, files, facts)


def _brings_result(one: Changed, is_about: Callable[[str], bool]) -> bool:
    """Whether a commit brings a file that the rule is about, and does not only rename one of them."""
    return one.is_file and is_about(one.path) and not any(map(is_about, one.was))


def runs_to_name(files: Iterable[Changed], facts: Facts) -> dict[str, tuple[Run, list[str]]]:
    """Return the newest run that made each of the files, by its id, with the files' paths."""
    found: dict[str, tuple[Run, list[str]]] = {}
    for one in files:
        if run := facts.origin(one).run:
            found.setdefault(run.id, (run, []))[1].append(one.path)
    return found


def names(message: str, facts: Facts) -> tuple[str, ...]:
    """Return what the trailers of a message say."""
    return tuple(value for key, value in trailers(facts.session.repo, message) if key.lower() == TRAILER.lower())


def _of_message(
    rule: MessageNamesRun, message: str, commit: str, files: Iterable[Changed], facts: Facts
) -> Iterator[Finding]:
    every = list(files)
    if not every:
        return
    told = names(message, facts)
    unnamed: dict[str, tuple[Run, list[str]]] = {}
    for one in every:
        runs = [output.run for output in facts.origin(one).made]
        if runs and not any(is_told(run, told) for run in runs):
            unnamed.setdefault(runs[0].id, (runs[0], []))[1].append(one.path)
    for run, paths in unnamed.values():
        whose = f"the message of commit {commit[:_SHORT]}" if commit else "the message"
        what = f"{whose} does not name {named(run)}, which made {several(paths)}"
        mend = f"add a line at its end: {TRAILER}: {run.id[:DIGITS]}"
        yield finding(NAME, rule, what, mend, path=paths[0], commit=commit, run=run)


def is_told(run: Run, told: Iterable[str]) -> bool:
    """Whether one of these is a run's id, or enough of its first digits."""
    return any(len(word) >= ABBREV and run.id.startswith(word.lower()) for word in told)
