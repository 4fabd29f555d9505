"""What programs read: one JSON document an answer, `{"schema": 1, "<plural>": [...]}`, one record a line.

Pure ASCII, so that nothing in it can reach a terminal as anything but text. `problems` stands beside the records only
where there are any.
"""

import json
from collections.abc import Iterable
from typing import Any, Final

from gitprov.model.answers import CommitRuns, History, Listing, Shown
from gitprov.model.results import Finding, Problem
from gitprov.model.verdicts import Judgement

SCHEMA: Final = 1
"""The version of these documents."""


def listing(answer: Listing) -> str:
    """Return `{"schema": 1, "runs": [...]}`, each run with the fields of its record."""
    return document("runs", answer.runs, answer.problems)


def shown(answer: Shown) -> str:
    """Return `{"schema": 1, "records": [...]}`, each record with its own fields."""
    return document("records", answer.records, answer.problems)


def history(answer: History) -> str:
    """Return `{"schema": 1, "commits": [{"commit", "runs": [{"id", "grade"}]}]}`.

    Runs on uncommitted changes to a commit stand beside its runs as `"uncommitted": [id]`, where there are any.
    """
    return document("commits", map(_commit, answer.commits), answer.problems)


def findings(answer: Iterable[Finding]) -> str:
    """Return `{"schema": 1, "findings": [{"name", "ok", "summary", "mend"}]}`; `ok` is null where it is neither."""
    return document("findings", (finding._asdict() for finding in answer))


def judgement(answer: Judgement) -> str:
    """Return `{"schema": 1, "findings": [{"rule", "level", "what", "mend", "path", "commit", "run"}]}`."""
    return document("findings", (finding._asdict() for finding in answer.findings))


def _commit(answer: CommitRuns) -> dict[str, Any]:
    runs = [{"id": graded.id, "grade": graded.grade} for graded in answer.runs]
    uncommitted = {"uncommitted": list(answer.uncommitted)} if answer.uncommitted else {}
    return {"commit": answer.commit, "runs": runs, **uncommitted}


def document(plural: str, items: Iterable[Any], problems: Iterable[Problem] = ()) -> str:
    """Return `{"schema": 1, plural: [...]}`, an item a line; `problems` only where there are any."""
    lists = {plural: items}
    if told := [problem._asdict() for problem in problems]:
        lists["problems"] = told
    parts = [f'"schema": {SCHEMA}', *(f'"{name}": {_list(content)}' for name, content in lists.items())]
    return "{" + ", ".join(parts) + "}\n"


def _list(items: Iterable[Any]) -> str:
    lines = ",\n  ".join(map(json.dumps, items))
    return f"[\n  {lines}\n]" if lines else "[]"
