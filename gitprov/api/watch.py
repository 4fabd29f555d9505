"""Everything `git prov run` does around the child: what is written down before, beside and after it."""

import os
from collections.abc import Mapping
from typing import Any

from gitprov.api import finish
from gitprov.api.draft import Draft, begin_draft
from gitprov.api.inside import JOURNAL
from gitprov.api.options import RunOptions
from gitprov.api.session import Session
from gitprov.api.settings import load
from gitprov.api.store import store
from gitprov.capture.environment import Probe
from gitprov.capture.hardware import hardware
from gitprov.capture.process import Ended
from gitprov.errors import ProvError
from gitprov.gitrepo.patch import PatchId
from gitprov.records import attachments
from gitprov.records.journal import Journal

_END = ("status", "exit", "signal", "seconds")


class Watch:
    """One run being observed."""

    def __init__(self, session: Session, options: RunOptions, draft: Draft, journal: Journal | None) -> None:
        self._session = session
        self._options = options
        self._draft = draft
        self._journal = journal
        self._probe: Probe | None = None
        self._patch: PatchId | None = None

    @classmethod
    def begin(cls, session: Session, options: RunOptions, run: str) -> "Watch":
        """Find out what must be known before the child starts, and write it to the journal. Raises `ProvError`."""
        settings = load(session.repo)
        finish.check(options)
        if not options.inputs:
            draft = begin_draft(session, options, settings, run)
        else:
            from gitprov.api import declared

            inputs = declared.find_inputs(session, options.inputs)
            draft = begin_draft(session, options, settings, run)
            declared.put_inputs(draft, inputs)
        journal = None
        try:
            journal = Journal.begin(session.state, draft.fields)
            journal.add({"code": draft.anchors})
        except OSError as error:
            draft.warnings.append(f"the run is not journalled, a kill would lose it: {error.strerror}")
        return cls(session, options, draft, journal)

    @property
    def warnings(self) -> list[str]:
        """What the person should hear."""
        return self._draft.warnings

    def announce(self, environ: dict[str, str]) -> None:
        """Tell the child where to speak of itself, and begin to look at the environment it will run in."""
        if self._journal:
            environ[JOURNAL] = self._journal.path
        session = self._session
        with self._draft.naming("environment"):
            where = (session.cwd, session.state.cache, session.repo.worktree or "")
            self._probe = Probe.begin(self._options.command, environ, *where)

    def started(self, pid: int) -> None:
        """Note the child, and find out beside it what its start need not wait for."""
        draft, session = self._draft, self._session
        with draft.naming("journal"):
            if self._journal:
                self._journal.child(pid)
        with draft.naming("patch id"):
            if commit := draft.fields.get("code", {}).get("commit"):
                self._patch = PatchId(session.repo, commit, os.path.join(session.state.cache, "patch-ids"))

    def sync(self) -> None:
        """Make the journal survive a loss of power."""
        if self._journal:
            self._journal.sync()

    def cancel(self) -> None:
        """The child did not start: there is no run."""
        if self._probe:
            self._probe.cancel()
        if self._journal:
            self._journal.finish()

    def leave(self) -> None:
        """Give up recording: what the journal has, the next command records."""
        if self._journal:
            self._journal.leave()

    def end(self, ended: Ended) -> Mapping[str, Any] | None:
        """Record the run; `None` where that has to wait for the next command."""
        draft, journal = self._draft, self._journal
        _describe_end(draft, ended)
        with draft.naming("journal"):
            if journal:
                journal.add({"run": {name: draft.fields[name] for name in _END if name in draft.fields}})
        self._collect_beside()
        if self._options.outputs:
            from gitprov.api import declared

            declared.put_outputs(draft, self._options.outputs)
        finish.collect(draft, self._options, journal)
        record = draft.reduced()
        try:
            data = attachments.not_stored(self._session.repo, self._session.state, draft.data)
            if journal:
                journal.whole(record, data)
            draft.warnings += store(self._session, record, code=draft.anchors, data=data, head=draft.status.head)
        except (ProvError, OSError) as error:
            self.leave()
            later = "yet, the next git prov command will" if journal else "and is lost"
            draft.warnings.append(f"the run could not be recorded {later}: {error}")
            return None
        if journal:
            journal.finish()
        return record

    def _collect_beside(self) -> None:
        draft, session = self._draft, self._session
        with draft.naming("patch id"):
            if self._patch and (found := self._patch.result()):
                draft.fields["code"]["patch_id"] = found
        with draft.naming("environment"):
            if self._probe:
                environment = self._probe.result()
                draft.fields["environment"] = environment.fields
                draft.missing += environment.problems
                if environment.lock:
                    draft.data[environment.digest] = environment.lock
        with draft.naming("hardware"):
            draft.fields["hardware"] = hardware(session.state.cache, session.environ)


def _describe_end(draft: Draft, ended: Ended) -> None:
    draft.fields["status"] = "killed" if ended.signal else "failed" if ended.status else "ok"
    draft.fields["exit"] = ended.status
    if ended.signal:
        draft.fields["signal"] = ended.signal
    draft.fields["seconds"] = round(ended.seconds, 3)
