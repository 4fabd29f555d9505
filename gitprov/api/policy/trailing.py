"""Adding to a commit's message the runs that made its results, where the policy wants that and they can be told."""

import os
from collections.abc import Collection

from gitprov.api.policy.changes import Change, located
from gitprov.api.policy.facts import Facts
from gitprov.api.policy.judging import asked
from gitprov.api.policy.known import Known
from gitprov.api.policy.rules.message_names_run import DIGITS, NAME, TRAILER, is_told, names, runs_to_name
from gitprov.api.session import Session
from gitprov.gitrepo.trailers import add_trailers, is_empty
from gitprov.model.policy import MessageNamesRun, Policy


def add_runs(
    session: Session, policy: Policy, change: Change, file: str, *, only: Collection[str], known: Known
) -> Change:
    """Add a trailer to the message in a file for each run that it does not name, and return the change with it.

    A message without a word of its own stays as it is: git is not to commit it.
    """
    message = change.message or ""
    change = located(session, change)
    rule = next((rule for name, rule in asked(policy, change, only) if name == NAME), None)
    if not isinstance(rule, MessageNamesRun) or not rule.add or is_empty(session.repo, message):
        return change
    with Facts(session, change, known, policy) as facts:
        told = names(message, facts)
        runs = [run for run, _ in runs_to_name(facts.results(rule.paths), facts).values()]
    add_trailers(session.repo, file, (f"{TRAILER}: {run.id[:DIGITS]}" for run in runs if not is_told(run, told)))
    return change._replace(message=read_message(file))


def read_message(file: str) -> str:
    """Return the message in a file. Raises `OSError`."""
    with open(file, "rb") as opened:
        return os.fsdecode(opened.read())
