"""Exchange with a remote: our logs go out as they are, the others' come in beside them; nothing is ever forced.

A log has one writer, so a push of it cannot lose a race. The notes view is shared: whoever comes second builds it
again on top of what came first. A log that the remote holds in another version means a copied clone: ours then
takes a new name.
"""

import json
import os
from typing import NamedTuple

from gitprov.gitrepo.refs import list_refs
from gitprov.gitrepo.repo import Repo
from gitprov.gitrepo.transport import Pushed, fetch, push
from gitprov.model.results import Problem
from gitprov.records import notes, writer
from gitprov.records.layout import CODE, DATA, LOGS, NOTES, PUSH_REFSPECS, State, fetch_refspecs
from gitprov.records.lock import pause, writing

DEFAULT_TIMEOUT = 60.0
_ROUNDS = 6


class Sent(NamedTuple):
    """What came of sending: how many refs moved there, what was refused and in which words, what was mended."""

    moved: int
    refused: list[Pushed]
    notes_behind: bool
    """The remote has a newer notes view; harmless, the next exchange settles it."""
    renamed: str
    """The new writer's id, where this clone turned out to be a copy of another; "" otherwise."""
    problems: list[Problem]


def send(repo: Repo, state: State, remote: str, *, timeout: float = DEFAULT_TIMEOUT, attended: bool = False) -> Sent:
    """Send our logs, code, data and the notes view to a remote's name or address.

    Raises `GitFailed` where it cannot be reached.
    """
    problems = notes.refresh(repo, state).problems
    renamed = ""
    results = _push(repo, remote, timeout, attended)
    if any(_diverged(result) for result in results):
        with writing(state):
            renamed = writer.renew_writer(repo, state)
        notes.refresh(repo, state)
        results = _push(repo, remote, timeout, attended)
    refused = [result for result in results if result.refused and result.ref != NOTES]
    sent = Sent(
        moved=sum(result.flag in (" ", "*", "+") for result in results),
        refused=refused,
        notes_behind=any(result.refused and result.ref == NOTES for result in results),
        renamed=renamed,
        problems=problems,
    )
    _remember(state, remote, sent)
    return sent


def receive(
    repo: Repo, state: State, remote: str, *, timeout: float | None = None, attended: bool = True
) -> notes.Refreshed:
    """Fetch what a configured remote has, and bring the views up to it. Raises `GitFailed`."""
    fetch(repo, remote, fetch_refspecs(remote, code=not repo.shallow), timeout=timeout, attended=attended)
    return notes.refresh(repo, state)


class Exchanged(NamedTuple):
    """What came of an exchange with one remote."""

    remote: str
    received: int
    """How many of the remote's logs are new here or have grown."""
    sent: Sent
    problems: list[Problem]


def exchange(repo: Repo, state: State, remote: str, *, timeout: float | None = None) -> Exchanged:
    """Bring the remote's records here and ours there, until both have the same notes view or others keep writing."""
    before = set(list_refs(repo.git, *_tracked_logs(remote)))
    problems = receive(repo, state, remote, timeout=timeout).problems
    received = len({ref for ref in list_refs(repo.git, *_tracked_logs(remote)) if ref not in before})
    for attempt in range(_ROUNDS):
        sent = send(repo, state, remote, timeout=timeout or DEFAULT_TIMEOUT, attended=True)
        if not sent.notes_behind:
            break
        pause(attempt)
        receive(repo, state, remote, timeout=timeout)
    return Exchanged(remote, received, sent, [*problems, *sent.problems])


def _tracked_logs(remote: str) -> list[str]:
    return [spec.partition(":")[2].rstrip("*") for spec in fetch_refspecs(remote) if spec.startswith("+" + LOGS)]


def _push(repo: Repo, remote: str, timeout: float, attended: bool) -> list[Pushed]:
    ours = list_refs(repo.git, LOGS, CODE, DATA, NOTES)
    kinds = {ref.name.split("/")[2] for ref in ours if ref.name.startswith("refs/prov/")}
    specs = [spec for spec in PUSH_REFSPECS if spec.split("/")[2] in kinds]
    if any(ref.name == NOTES for ref in ours):
        specs.append(f"{NOTES}:{NOTES}")
    return push(repo, remote, specs, timeout=timeout, attended=attended) if specs else []


def _diverged(result: Pushed) -> bool:
    """A log of ours that is not the past of the remote's nor its future: somebody else writes under our name."""
    return result.refused and result.ref.startswith(LOGS) and "remote rejected" not in result.words


def _remember(state: State, remote: str, sent: Sent) -> None:
    """Keep the outcome for `doctor`; that it cannot be kept is no reason to fail."""
    outcome = {"remote": remote, "refused": [[result.ref, result.words] for result in sent.refused]}
    try:
        os.makedirs(state.root, exist_ok=True)
        with open(state.last_push, "w", encoding="utf-8") as file:
            json.dump(outcome, file)
    except OSError:
        pass
