"""Exchange with a remote: our logs go out as they are, the others' come in beside them; nothing is ever forced.

A log has one writer, so a push of it cannot lose a race. The notes view is shared: whoever comes second builds it
again on top of what came first. A log that the remote holds in another version means a copied clone: ours then
takes a new name.
"""

import json
import os
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from gitprov.gitrepo.refs import Ref, list_refs
from gitprov.gitrepo.repo import Repo
from gitprov.gitrepo.transport import Pushed, fetch, push, remote_tips
from gitprov.model.results import Problem
from gitprov.records import notes, writer
from gitprov.records.layout import CODE, DATA, LOGS, NOTES, PUSH_REFSPECS, State, fetch_refspecs
from gitprov.records.lock import pause

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
    made: frozenset[str] = frozenset()
    """The refs that the remote did not have before."""


def send(
    repo: Repo, state: State, remote: str, *, timeout: float | None = DEFAULT_TIMEOUT, attended: bool = False
) -> Sent:
    """Send our logs, code, data and the notes view to a remote's name or address.

    Raises `GitFailed` where it cannot be reached.
    """
    problems = notes.refresh(repo, state).problems
    renamed = ""
    results = _push(repo, remote, timeout, attended)
    late = [one.ref for one in results if one.refused and not one.declined and one.ref != NOTES]
    if late:
        for old in _taken(repo, late, remote_tips(repo, remote, late, timeout=timeout, attended=attended)):
            renamed = writer.renew_writer(repo, state, old)
        problems += notes.refresh(repo, state).problems
        results = _push(repo, remote, timeout, attended)
    notes_behind = any(one.ref == NOTES and one.refused and not one.declined for one in results)
    sent = Sent(
        moved=sum(one.flag in (" ", "*", "+") for one in results),
        refused=[one for one in results if one.declined or (one.refused and one.ref != NOTES)],
        notes_behind=notes_behind,
        renamed=renamed,
        problems=problems,
        made=frozenset(one.ref for one in results if one.flag == "*"),
    )
    _remember(state, remote, sent)
    return sent


def _taken(repo: Repo, refs: Iterable[str], there: Mapping[str, str]) -> list[str]:
    """The writers among these refs under whose name somebody else writes: the remote has what is not ours.

    A ref that the remote has in an older version was only moved, here or there, while the push went on.
    """
    ours = {ref.name: ref.oid for ref in list_refs(repo.git, LOGS, CODE, DATA)}
    taken = (
        ref.rpartition("/")[2]
        for ref in refs
        if ref in there and not repo.git.succeeds("merge-base", "--is-ancestor", there[ref], ours.get(ref, ""))
    )
    return list(dict.fromkeys(taken))


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
    """How many of the others' logs are new here or have grown."""
    sent: Sent
    problems: list[Problem]
    rewritten: bool = False
    """This clone's own log had been changed there."""


def exchange(repo: Repo, state: State, remote: str, *, timeout: float | None = None) -> Exchanged:
    """Bring the remote's records here and ours there, until both have the same notes view or others keep writing."""
    before = set(list_refs(repo.git, *_tracked_logs(remote)))
    problems = []
    lost: list[Problem] = []
    for attempt in range(_ROUNDS):
        problems += receive(repo, state, remote, timeout=timeout).problems
        lost = lost if attempt else _lost_there(repo, remote, before)
        sent = send(repo, state, remote, timeout=timeout, attended=True)
        problems += sent.problems
        lost += [] if attempt else _removed_there(remote, before, sent)
        if not sent.notes_behind:
            break
        pause(attempt)
    ours = {ref.name.removeprefix(LOGS) for ref in list_refs(repo.git, LOGS)}
    news = set(list_refs(repo.git, *_tracked_logs(remote))) - before
    received = sum(ref.name.rpartition("/")[2] not in ours for ref in news)
    return Exchanged(remote, received, sent, [*lost, *problems], rewritten=bool(lost))


def _lost_there(repo: Repo, remote: str, before: Iterable[Ref]) -> list[Problem]:
    """What became of this clone's own logs on a remote: nobody else may have moved them."""
    ours = {ref.name.removeprefix(LOGS): ref.oid for ref in list_refs(repo.git, LOGS)}
    now = {ref.name: ref.oid for ref in list_refs(repo.git, *_tracked_logs(remote))}
    problems = []
    for ref in before:
        writer_name, there = ref.name.rpartition("/")[2], now.get(ref.name, "")
        if writer_name not in ours or there in ("", ref.oid):
            continue
        if not repo.git.succeeds("merge-base", "--is-ancestor", ref.oid, there):
            goes_on = repo.git.succeeds("merge-base", "--is-ancestor", there, ours[writer_name])
            mended = "it is sent again" if goes_on else "this clone goes on under another name, and nothing is lost"
            problems.append(Problem(f"the log of this clone on {remote}", f"went back or was rewritten; {mended}", ""))
    return problems


def _removed_there(remote: str, before: Iterable[Ref], sent: Sent) -> list[Problem]:
    """Logs of this clone that had been on a remote and were not there any more: a fetch does not tell, a push does."""
    gone = {ref.name.rpartition("/")[2] for ref in before} & {name.removeprefix(LOGS) for name in sent.made}
    return [Problem(f"the log of this clone on {remote}", "was removed there; it is sent again", "")] if gone else []


def _tracked_logs(remote: str) -> list[str]:
    return [spec.partition(":")[2].rstrip("*") for spec in fetch_refspecs(remote) if spec.startswith("+" + LOGS)]


def _push(repo: Repo, remote: str, timeout: float | None, attended: bool) -> list[Pushed]:
    ours = list_refs(repo.git, LOGS, CODE, DATA, NOTES)
    kinds = {ref.name.split("/")[2] for ref in ours if ref.name.startswith("refs/prov/")}
    specs = [spec for spec in PUSH_REFSPECS if spec.split("/")[2] in kinds]
    if any(ref.name == NOTES for ref in ours):
        specs.append(f"{NOTES}:{NOTES}")
    return push(repo, remote, specs, timeout=timeout, attended=attended) if specs else []


def _remember(state: State, remote: str, sent: Sent) -> None:
    """Keep the outcome for `doctor`; that it cannot be kept is no reason to fail."""
    outcome = {"remote": remote, "refused": [[result.ref, result.words] for result in sent.refused]}
    try:
        os.makedirs(state.root, exist_ok=True)
        with open(state.last_push, "w", encoding="utf-8") as file:
            json.dump(outcome, file)
    except OSError:
        pass
