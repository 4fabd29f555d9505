"""What every reading verb begins with: all that is recorded, brought up to date, and what could not be read."""

import json
import os
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from gitprov.api.grades import Grader
from gitprov.api.session import Session
from gitprov.api.upkeep import bring_up
from gitprov.gitrepo.blobs import Trees
from gitprov.gitrepo.patch import patch_ids
from gitprov.model.records import Run
from gitprov.model.results import Problem
from gitprov.model.stored import Stored
from gitprov.model.unread import Unread
from gitprov.records import attachments, union


class Reading(NamedTuple):
    """All records that are understood here, oldest first, and what is amiss."""

    runs: list[Stored]
    """People's own; those that only reproduce one are not among them, and stand for themselves nowhere."""
    records: list[Stored]
    """Of every kind, runs among them."""
    problems: list[Problem]

    def runs_by_id(self) -> dict[str, Stored]:
        """Return the runs by id."""
        return {run.id: run for run in self.runs}


def everything(session: Session) -> Reading:
    """Record what was abandoned, bring the views up to date, and read all logs.

    Only the last has to succeed: a repository that cannot be written is read as it is, and the reason stands among
    the problems.
    """
    problems = bring_up(session)
    read = union.read(session.repo)
    understood = [one for one in read.stored if one.is_read]
    problems += [*read.problems, *_unread(read.stored)]
    return Reading([one for one in understood if one.kind == "run" and not is_rerun(one)], understood, problems)


def is_rerun(stored: Stored) -> bool:
    """Tell whether a record is a run that was made to reproduce another."""
    return isinstance(stored.record, Run) and stored.record.reproduces is not None


def fields(stored: Stored) -> dict[str, Any]:
    """Return a record as plain data, as it stands in the log; a run's `input` and `output` are lists even if empty."""
    record: dict[str, Any] = json.loads(stored.raw)
    return record if stored.kind != "run" else {**record, "input": [], "output": []} | record


def grader(session: Session, reading: Reading) -> Grader:
    """Return what tells which of the runs read speak for which commits."""
    cache = os.path.join(session.state.cache, "patch-ids")

    def patches(commits: list[str]) -> Mapping[str, str]:
        return patch_ids(session.repo, commits, cache)

    def kept(digests: list[str]) -> Mapping[str, bytes]:
        return attachments.read(session.repo, digests)

    own = [one for one in reading.records if not is_rerun(one)]
    return Grader(own, Trees(session.repo), patches, kept)


def _unread(stored: Iterable[Stored]) -> list[Problem]:
    """Count what is kept and passed on without being understood, by kind and schema."""
    commits: dict[tuple[str, int], list[str]] = {}
    for one in stored:
        if isinstance(one.record, Unread):
            commits.setdefault((one.kind, one.record.schema), []).append(one.commit)
    return [
        Problem(
            f"record in commit {where[0][:12]}" + (f" and {len(where) - 1} more" if len(where) > 1 else ""),
            f"kind {kind!r}, schema {schema}: only a newer git prov can show it; it is kept and passed on",
            "",
        )
        for (kind, schema), where in commits.items()
    ]
