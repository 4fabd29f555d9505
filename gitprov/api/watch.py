"""Everything `git prov run` does around the child: what is written down before, beside and after it."""

import contextlib
import os
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gitprov.api import finish
from gitprov.api.draft import Draft, begin_draft
from gitprov.api.inside import JOURNAL
from gitprov.api.options import Progress, RunOptions
from gitprov.api.session import Session
from gitprov.api.settings import KEEP_ALL, load
from gitprov.api.tracing import OFF, Tracing
from gitprov.capture import hashseed, process
from gitprov.capture.environment.probe import Probe
from gitprov.capture.machine.use import own_peak, usage
from gitprov.capture.process import Child, Ended, NotStarted
from gitprov.errors import ProvError
from gitprov.records.journal import Journal, journalled

if TYPE_CHECKING:
    from gitprov.api.checks.beginning import Checks
    from gitprov.api.joint import Membership
    from gitprov.gitrepo.listing import Listing
    from gitprov.gitrepo.patch import PatchId
    from gitprov.model.profile import Notice

SOON = 0.02
"""Seconds of waiting after which a run may be one of some length: `Watch.go_on` is to be called."""
_BLINK = 0.5
"""Seconds more after which a run is worth a write to the disk that survives a loss of power."""
_END = ("status", "exit", "signal", "seconds")


class Watch:
    """One run being observed."""

    def __init__(
        self,
        session: Session,
        options: RunOptions,
        draft: Draft,
        journal: Journal | None,
        member: "Membership | None" = None,
        *,
        checks: "Checks | None" = None,
    ) -> None:
        self._session = session
        self._options = options
        self._draft = draft
        self._journal = journal
        self._member = member
        self._checks = checks
        self._probe: Probe | None = None
        self._patch: PatchId | None = None
        self._tracing: Tracing | None = None
        self._is_prepared = False
        self._listings: list[Listing] = []
        self._environ: dict[str, str] = {}
        self._started_ns = 0
        self._inherited = 0
        self._child = 0

    @classmethod
    def begin(cls, session: Session, options: RunOptions, run: str, member: "Membership | None" = None) -> "Watch":
        """Find out what must be known before the child starts, and write it to the journal. Raises `ProvError`.

        A rank of a launch is a `member` of its run, and has a journal already.
        """
        try:
            draft, checks = _begun(session, options, run, member)
        except BaseException:
            if member:
                member.cancel()
            raise
        journal = member.journal if member else None
        try:
            if journal:
                journal.add({"run": draft.fields})
            else:
                journal = Journal.begin(session.state, draft.fields)
            journal.add({"code": draft.anchors, "root": session.repo.worktree, **journalled(draft.data)})
        except OSError as error:
            draft.warnings.append(f"the run is not journalled, a kill would lose it: {error.strerror}")
        return cls(session, options, draft, journal, member, checks=checks)

    @property
    def notices(self) -> "list[Notice]":
        """What the person should hear of the data before the child starts."""
        return self._draft.notices

    @property
    def warnings(self) -> list[str]:
        """What the person should hear."""
        return self._draft.warnings

    def announce(self, environ: dict[str, str]) -> None:
        """Tell the child where to speak of itself, and begin to look at the environment it will run in.

        Raises `UsageError` where a tracer was asked for by name that does not work here.
        """
        session, draft = self._session, self._draft
        if self._journal:
            environ[JOURNAL] = self._journal.path
            if self._member:
                self._member.announce(environ)
            try:
                how = self._options.trace or draft.settings.trace
                name = self._member.name if self._member else draft.fields["id"]
                self._tracing = Tracing.begin(session, name, how, environ)
            except OSError as error:
                draft.missing.append(f"tracing: {error}")
            else:
                draft.tracer = self._tracing.name
        self._put_hash_seed(environ)
        self._environ = environ
        self._started_ns = time.time_ns()
        with draft.naming("environment"):
            where = (session.cwd, session.state.cache, session.repo.worktree or "")
            traced = draft.tracer != OFF
            self._probe = Probe.begin(self._options.command, environ, *where, traced=traced)

    def _put_hash_seed(self, environ: dict[str, str]) -> None:
        """Have the child's sets in an order that a replay can have again."""
        seed = hashseed.hash_seed(environ, self._session.random)
        if seed.drawn:
            environ[hashseed.NAME] = str(seed.value)
        draft = self._draft
        draft.fields["seeds"][hashseed.FIELD] = seed.value
        if seed.missing:
            draft.missing.append(seed.missing)
        with draft.naming("journal"):
            if self._journal:
                self._journal.add({"run": {"seeds": draft.fields["seeds"], "capture": {"tracer": draft.tracer}}})

    def start(self) -> Child | NotStarted:
        """Start the child, observed."""
        self._inherited = own_peak()
        self._started_ns = time.time_ns()
        if self._tracing:
            return self._tracing.start(self._options.command, self._environ)
        return process.start(self._options.command, self._environ)

    def start_again(self, child: Child) -> Child | NotStarted | None:
        """Start the child once more where its tracer failed before it was executed; `None` where it ran."""
        if self._tracing is None or not self._tracing.failed_before(child):
            return None
        self._draft.tracer = self._tracing.name
        return self.start()

    def started(self, pid: int) -> None:
        """Note the child, and find out beside it what its start need not wait for."""
        draft, session = self._draft, self._session
        self._child = pid
        with draft.naming("journal"):
            if self._journal:
                self._journal.child(pid)
        with draft.naming("patch id"):
            commit = draft.fields.get("code", {}).get("commit")
            if commit and self._patch is None:
                from gitprov.gitrepo.patch import PatchId

                self._patch = PatchId(session.repo, commit, os.path.join(session.state.cache, "patch-ids"))
        _load_what_the_end_needs(traced=draft.tracer != OFF)

    def go_on(self) -> float:
        """Do what is worth while in a run of some length, and return after how many seconds to be called again."""
        if self._is_prepared:
            self._sync()
            return 0.0
        self._is_prepared = True
        if self._draft.tracer != OFF:
            self._prepare()
        return _BLINK

    def _prepare(self) -> None:
        """Get ready for the files that the run is likely to have touched."""
        import gitprov.capture.environment.modules
        import gitprov.capture.readers  # noqa: F401
        from gitprov.gitrepo.listing import Listing

        repo, code = self._session.repo, self._draft.fields.get("code", {})
        if "tree" in code and not repo.is_partial:
            with contextlib.suppress(ProvError, OSError):  # it is asked for once more when it is needed
                self._listings += (Listing(repo, code[name]) for name in ("tree", "base") if name in code)

    def _sync(self) -> None:
        """Be ready for a long wait: let the journal survive a loss of power, and leave no git process waiting."""
        if self._journal:
            self._journal.sync()
        self._settle()

    def _settle(self) -> None:
        for listing in self._listings:
            listing.settle()

    def cancel(self) -> None:
        """The child did not start: there is no run."""
        if self._probe:
            self._probe.cancel()
        if self._tracing:
            self._tracing.close()
        if self._member:
            self._member.cancel()
        elif self._journal:
            self._journal.finish()

    def leave(self) -> None:
        """Give up recording: what the journal has, the next command records."""
        if self._probe:
            self._probe.cancel()
        self._settle()
        if self._journal:
            self._journal.leave()

    def end(self, ended: Ended, progress: Progress | None = None) -> Mapping[str, Any] | None:
        """Record the run; `None` where that has to wait for the next command."""
        draft, journal = self._draft, self._journal
        _describe_end(draft, ended)
        if ended.used is not None:
            draft.fields["usage"] = usage(ended.used, self._inherited)
        with draft.naming("journal"):
            if journal:
                journal.add({"run": {name: draft.fields[name] for name in _END if name in draft.fields}})
        self._collect_beside()
        if self._options.outputs:
            from gitprov.api import declared

            declared.put_outputs(draft, self._options.outputs)
        if self._tracing and draft.tracer != OFF:
            with draft.naming("what the run touched"):
                from gitprov.api.observing import put_observed

                touched = self._tracing.collect()
                put_observed(
                    draft,
                    touched,
                    self._started_ns,
                    child=self._child,
                    why_not_all=self._tracing.why_not,
                    probe=self._probe,
                    progress=progress,
                    listings=self._listings,
                )
        if self._probe:
            self._probe.cancel()
        self._settle()
        finish.collect(draft, self._options, journal)
        self._look_at_data()
        record = draft.reduced()
        from gitprov.records import attachments

        try:
            data = attachments.not_stored(self._session.repo, self._session.state, draft.data)
            if journal:
                journal.whole(record, data)
            done = self._store(record, data)
        except (ProvError, OSError) as error:
            self.leave()
            later = "yet, the next git prov command will" if journal else "and is lost"
            draft.warnings.append(f"the run could not be recorded {later}: {error}")
            return None
        if self._tracing:
            self._tracing.close()
        return done

    def _store(self, record: Mapping[str, Any], data: Mapping[str, bytes]) -> Mapping[str, Any] | None:
        """Record the run, or, for a rank, leave its part to the one that ends last. Raises `ProvError`, `OSError`."""
        draft = self._draft
        if self._member:
            whole = self._member.end(self._session)
            draft.warnings += whole.warnings if whole else []
            return whole.record if whole else None
        from gitprov.api.store import store

        draft.warnings += store(self._session, record, code=draft.anchors, data=data, head=draft.status.head)
        if self._journal:
            self._journal.finish()
        return record

    def _look_at_data(self) -> None:
        """Keep the bytes of what was read and made, and end the checks, where either is asked for."""
        draft = self._draft
        if which := KEEP_ALL if self._options.keep else draft.settings.keep:
            from gitprov.api.data.keep import keep_files

            keep_files(draft, which)
        if self._checks:
            self._checks.end(draft)

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
                if draft.tracer == OFF:  # which of them was used is not known
                    draft.missing += environment.trees.values()
                if environment.lock:
                    draft.data[environment.digest] = environment.lock
        with draft.naming("hardware"):
            from gitprov.capture.machine.hardware import hardware

            draft.fields["hardware"] = hardware(session.state.cache, session.environ)


def _load_what_the_end_needs(*, traced: bool) -> None:
    """Import, while the child runs, what nobody needs before it has ended."""
    import gitprov.api.store
    import gitprov.capture.environment.container
    import gitprov.capture.environment.cuda
    import gitprov.capture.machine.hardware

    if traced:
        import gitprov.api.observing  # noqa: F401


def _begun(
    session: Session, options: RunOptions, run: str, member: "Membership | None"
) -> "tuple[Draft, Checks | None]":
    """The draft of a run that is about to start, and the checks of its data where there are any."""
    settings = load(session.repo)
    finish.check(options)
    put_code = member.put_code if member else None
    checks = None
    if options.profiles or options.splits or settings.data.get("profile"):
        from gitprov.api.checks.beginning import Checks

        checks = Checks(session, options, settings)
    patterns = [*options.inputs, *(checks.inputs if checks else ())]
    if not patterns and not checks:
        return begin_draft(session, options, settings, run, put_code), None
    from gitprov.api import declared

    inputs = declared.find_inputs(session, patterns)
    draft = begin_draft(session, options, settings, run, put_code)
    if inputs:
        declared.put_inputs(draft, inputs)
    if checks and member and not member.is_first:
        checks = None
    if checks:
        draft.notices = checks.begin(draft)
    return draft, checks


def _describe_end(draft: Draft, ended: Ended) -> None:
    draft.fields["status"] = "killed" if ended.signal else "failed" if ended.status else "ok"
    draft.fields["exit"] = ended.status
    if ended.signal:
        draft.fields["signal"] = ended.signal
    draft.fields["seconds"] = round(ended.seconds, 3)
