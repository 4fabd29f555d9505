"""Run a command, observe it, record it: the one path everything else hangs on.

Before the child starts, what can be wrong with the request is refused, and what must be known beforehand is written
to the journal. From then on nothing of ours stops the child: what fails is named in the record, and a record that
cannot be stored waits in the journal for the next command.
"""

import os
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from gitprov.api import finish
from gitprov.api.draft import Draft, begin_draft
from gitprov.api.inside import JOURNAL, RUN, SEED
from gitprov.api.options import RunOptions
from gitprov.api.recover import recover_quietly
from gitprov.api.session import Session
from gitprov.api.settings import load
from gitprov.api.store import store
from gitprov.capture import process
from gitprov.capture.environment import Probe
from gitprov.capture.hardware import hardware
from gitprov.capture.process import Ended, NotStarted
from gitprov.errors import ProvError, UsageError
from gitprov.gitrepo.patch import PatchId
from gitprov.model.ids import ABBREV, new_id
from gitprov.records import attachments
from gitprov.records.journal import Journal
from gitprov.records.shown import duration

_END = ("status", "exit", "signal", "seconds")
_BLINK = 0.5
"""Seconds after which a run is worth a write to the disk that survives a loss of power."""


class Ran(NamedTuple):
    """What came of it: the child's status, the record where there is one, and what a person should know."""

    status: int
    record: Mapping[str, Any] | None
    summary: str
    warnings: list[str]


def run_command(session: Session, options: RunOptions) -> Ran:
    """Run the command with the process's own standard streams, and record it. Raises only before the child starts."""
    if session.repo.worktree is None:
        raise ProvError("there is no working tree here", hint="run this in a clone that has one")
    if options.trace in ("python", "strace"):
        hint = "use --trace off, and declare files with -i and -o"
        raise UsageError(f"--trace {options.trace} is not built yet", hint=hint)
    recover_quietly(session)
    run = new_id(session.random(16))
    draft = begin_draft(session, options, load(session.repo), run)
    journal = _begin_journal(session, draft)
    environ = _child_environ(session.environ, run, journal, options.seed)
    probe = _begin_probe(session, draft, options.command, environ)
    child = process.start(options.command, environ)
    if isinstance(child, NotStarted):
        if probe:
            probe.cancel()
        if journal:
            journal.finish()
        return Ran(child.status, None, "", [child.reason])
    if journal:
        with draft.naming("journal"):
            journal.child(child.pid)
    beside = _Beside(session, draft, probe)
    ended = child.wait(after=_BLINK, then=journal.sync if journal else lambda: None)
    return _record(session, draft, journal, beside, ended)


class _Beside:
    """What is found out while the child runs, because the end of the run can wait for it and its start cannot."""

    def __init__(self, session: Session, draft: Draft, probe: Probe | None) -> None:
        self._environ = session.environ
        self._cache = session.state.cache
        self._probe = probe
        code = draft.fields.get("code", {})
        cache = os.path.join(session.state.cache, "patch-ids")
        self._patch = PatchId(session.repo, code["commit"], cache) if "commit" in code else None

    def collect(self, draft: Draft) -> None:
        """Put it into the draft; what fails is named there."""
        with draft.naming("patch id"):
            if self._patch and (found := self._patch.result()):
                draft.fields["code"]["patch_id"] = found
        if self._probe:
            with draft.naming("environment"):
                environment = self._probe.result()
                draft.fields["environment"] = environment.fields
                if environment.lock:
                    draft.data[environment.digest] = environment.lock
                draft.missing += environment.problems
        with draft.naming("hardware"):
            draft.fields["hardware"] = hardware(self._cache, self._environ)


def _begin_probe(session: Session, draft: Draft, command: Sequence[str], environ: Mapping[str, str]) -> Probe | None:
    with draft.naming("environment"):
        return Probe.begin(command, environ, session.cwd, session.state.cache, session.repo.worktree or "")
    return None


def _begin_journal(session: Session, draft: Draft) -> Journal | None:
    try:
        journal = Journal.begin(session.state, draft.fields)
        journal.add({"code": draft.anchors})
    except OSError as error:
        draft.warnings.append(f"the run is not journalled, a kill would lose it: {error.strerror}")
        return None
    return journal


def _child_environ(environ: Mapping[str, str], run: str, journal: Journal | None, seed: int | None) -> dict[str, str]:
    child = {**environ, RUN: run}
    child.pop(JOURNAL, None)
    if journal:
        child[JOURNAL] = journal.path
    if seed is not None:
        child[SEED] = child["PYTHONHASHSEED"] = str(seed)
    first, _, rest = child.get("PATH", "").partition(os.pathsep)
    if first == child.get("GIT_EXEC_PATH") or first.endswith("/git-core"):
        child["PATH"] = rest  # git put itself in front when it called us
    return child


def _record(session: Session, draft: Draft, journal: Journal | None, beside: _Beside, ended: Ended) -> Ran:
    """Everything after the child's end. Whatever goes wrong here, its status is passed on."""
    _describe_end(draft, ended)
    if journal:
        with draft.naming("journal"):
            journal.add({"run": {name: draft.fields[name] for name in _END if name in draft.fields}})
    beside.collect(draft)
    finish.collect(session, draft, journal)
    record = draft.record()
    try:
        data = attachments.not_stored(session.repo, session.state, draft.data)
        if journal:
            journal.whole(record, data)
        kept = store(session, record, code=draft.anchors, data=data, head=draft.head)
    except (ProvError, OSError) as error:
        if journal:
            journal.leave()
            draft.warnings.append(f"the run could not be recorded yet, the next git prov command will: {error}")
        else:
            draft.warnings.append(f"the run could not be recorded: {error}")
        return Ran(ended.status, None, "", draft.warnings)
    if journal:
        journal.finish()
    return Ran(ended.status, record, _summary(record), [*draft.warnings, *kept])


def _describe_end(draft: Draft, ended: Ended) -> None:
    status = "killed" if ended.signal else "failed" if ended.status else "ok"
    draft.fields["status"] = status
    draft.fields["exit"] = ended.status
    if ended.signal:
        draft.fields["signal"] = ended.signal
    draft.fields["seconds"] = round(ended.seconds, 3)


def _summary(record: Mapping[str, Any]) -> str:
    code = record.get("code", {})
    where = code.get("base") or code.get("commit", "")
    dirty = " with uncommitted changes" if "base" in code else ""
    return (
        f"[git prov] run {record['id'][:ABBREV]} {record['status']} in {duration(record['seconds'])}"
        f" on {where[:10]}{dirty}; see: git prov show {record['id'][:ABBREV]}"
    )
