"""What people name a run by: its id, `@`, a commit, a file that it made."""

import difflib
import os
import re
from typing import Final, NamedTuple

from gitprov.api.grades import Grader
from gitprov.api.reading import Reading, grader
from gitprov.api.session import Session
from gitprov.api.spelling import recorded_path
from gitprov.errors import NotFound
from gitprov.gitrepo.log import LogCommit
from gitprov.gitrepo.read import CatFile
from gitprov.model.answers import UNCOMMITTED, CommitRuns
from gitprov.model.records import Run
from gitprov.model.stored import Stored
from gitprov.model.text import single_line

_ID: Final = re.compile(r"[0-9a-f]{4,32}")
_OID: Final = re.compile(r"[0-9a-f]{4,64}")
_NEWEST: Final = re.compile(r"@(?:~(\d*))?")
_LISTED: Final = 8
"""The most candidates that a message names."""


class Match(NamedTuple):
    """A record that was named; `standing` is its grade where it was named by a commit, or `uncommitted`."""

    stored: Stored
    standing: str = ""


class Named(NamedTuple):
    """What a name led to: records, and the commit with its runs where it was a commit that was named."""

    matches: list[Match]
    commit: CommitRuns | None = None


def resolve(session: Session, reading: Reading, text: str) -> list[Match]:
    """Return the runs that RUN names: one, or all of a commit, the strongest grade first.

    Raises `NotFound`, with what is near, where it names none, or where an abbreviation names several.
    """
    named = look_up(session, reading, text)
    runs = [match for match in named.matches if match.stored.kind == "run"]
    if runs:
        return runs
    if named.commit is not None:
        raise NotFound(
            f"no run belongs to commit {named.commit.commit[:10]}", hint="see which commits have runs: git prov log"
        )
    raise NotFound(f"{single_line(text, 60)} is a {named.matches[0].stored.kind}, not a run", hint=_LIST)


def look_up(session: Session, reading: Reading, text: str) -> Named:
    """Return the record, or the runs of a commit, that a name leads to. Raises `NotFound`."""
    if newest := _NEWEST.fullmatch(text):
        return Named([_newest(reading, newest[0], newest[1])])
    if _ID.fullmatch(text) and (match := _by_id(reading, text)):
        return Named([match])
    if commit := find_commit(session, text) or _recorded_commit(reading, text):
        return _of_commit(grader(session, reading), reading, commit)
    if made := _by_output(session, reading, text):
        return Named([made])
    raise _nothing(session, reading, text)


def find_commit(session: Session, text: str) -> LogCommit | None:
    """Return the commit that git takes a name for; `None` where it takes it for none."""
    reader = CatFile(session.repo)
    try:
        found = reader.get(f"{text}^{{commit}}") if text and "\0" not in text else None
    finally:
        reader.close()
    if found is None or found.kind != "commit":
        return None
    return LogCommit(found.oid, found.data[5:].partition(b"\n")[0].decode("ascii"))


_LIST: Final = "see all runs: git prov ls"
NONE_YET: Final = "record one: git prov run -- COMMAND; in a clone of what others recorded: git prov init"
"""What to do where nothing is recorded."""


def _newest(reading: Reading, text: str, back: str | None) -> Match:
    # `@~` is `@~1`, as in git
    steps = int(back or "1") if back is not None else 0
    if steps < len(reading.runs):
        return Match(reading.runs[-1 - steps])
    if not reading.runs:
        raise NotFound(f"{text}: there is no run yet", hint=NONE_YET)
    count = len(reading.runs)
    there_are = "there is only 1 run" if count == 1 else f"there are only {count} runs"
    raise NotFound(f"{text}: {there_are}", hint=_LIST)


def _by_id(reading: Reading, text: str) -> Match | None:
    runs = [run for run in reading.runs if run.id.startswith(text)]
    found = runs or [one for one in reading.records if one.id.startswith(text)]
    if len(found) > 1:
        listed = "".join(f"\n  {one.id[:16]} {_words(one)}" for one in found[:_LISTED])
        more = f"\n  and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
        raise NotFound(f"{text} is short for {len(found)} records:{listed}{more}", hint="give more of its digits")
    return Match(found[0]) if found else None


def _words(stored: Stored) -> str:
    said = stored.record.status if isinstance(stored.record, Run) else stored.kind
    return f"{stored.at} {said}"


def _recorded_commit(reading: Reading, text: str) -> LogCommit | None:
    """A commit that runs name and git does not have: the snapshot of somebody who keeps theirs at home."""
    if not _OID.fullmatch(text):
        return None
    codes = [run.record.code for run in reading.runs if isinstance(run.record, Run) and run.record.code]
    found = {code.commit: code.tree or "" for code in codes if code.commit and code.commit.startswith(text)}
    found |= {code.base: "" for code in codes if code.base and code.base.startswith(text) and code.base not in found}
    if len(found) != 1:
        return None
    ((oid, tree),) = found.items()
    return LogCommit(oid, tree)


def _of_commit(grades: Grader, reading: Reading, commit: LogCommit) -> Named:
    (answer,) = grades.grade([commit])
    runs = reading.runs_by_id()
    matches = [Match(runs[run], grade) for run, grade in answer.runs]
    return Named([*matches, *(Match(runs[run], UNCOMMITTED) for run in answer.uncommitted)], answer)


def _by_output(session: Session, reading: Reading, text: str) -> Match | None:
    """The newest run that has the file among its outputs, or that made the directory it is in."""
    if "\0" in text or not text:
        return None
    path = recorded_path(session, text)
    wanted = {path, *_above(path)}
    for run in reversed(reading.runs):
        if isinstance(run.record, Run) and any(item.path in wanted for item in run.record.output):
            return Match(run)
    return None


def _above(path: str) -> list[str]:
    """The directories a recorded path is in; that all of the repository was an output says nothing of one file."""
    parts = path.split("/")
    return ["/".join(parts[:length]) for length in range(1, len(parts)) if any(parts[:length])]


def _nothing(session: Session, reading: Reading, text: str) -> NotFound:
    shown = single_line(text, 80) or "''"
    if not reading.runs:
        return NotFound(f"{shown} names no run: there is none yet", hint=NONE_YET)
    in_worktree = session.repo.worktree is not None and "\0" not in text
    if in_worktree and os.path.lexists(os.path.join(session.cwd, text)):
        return NotFound(
            f"no run is known to have made {shown}",
            hint="a run knows what it was seen to write, and what it is told of: git prov run -o PATH",
        )
    made = {item.path for run in reading.runs if isinstance(run.record, Run) for item in run.record.output}
    near = difflib.get_close_matches(text, made, n=1)
    hint = f"did you mean {single_line(near[0], 80)}?" if near else _LIST
    return NotFound(f"{shown} is no run, commit or output of a run", hint=hint)
