"""The clone itself: its writer, its views, and what was left behind in it."""

import os
from collections.abc import Iterator

from gitprov.api.rewritten import rewritten
from gitprov.api.session import Session
from gitprov.api.setup.copied import twin
from gitprov.errors import ConfigError
from gitprov.gitrepo.read import CatFile
from gitprov.gitrepo.refs import list_refs
from gitprov.model.results import Finding
from gitprov.records import covered, journal, union
from gitprov.records.layout import KEPT, READ_PREFIXES, SUMMARY, parse_log_ref
from gitprov.records.signing import KEY

_STALE_SECONDS = 600.0
"""No git call holds a lock that long."""


def findings(session: Session) -> list[Finding]:
    """What is in the git directory."""
    found = [_writer(session), _views(session), *_records(session), *_locks(session), *_runs(session), *_kept(session)]
    found += _signing(session)
    if session.repo.shallow:
        summary = "a shallow clone does not fetch the code of other people's runs"
        found.append(Finding("history", None, summary, "git fetch --unshallow && git prov init"))
    return found


def _writer(session: Session) -> Finding:
    other = twin(session)
    if other:
        return Finding("writer", False, f"this clone is a copy of {other}, and writes under its name", "git prov init")
    return Finding("writer", True, "no other clone is known to write under this one's name", "")


def _views(session: Session) -> Finding:
    """Whether the views have come as far as the logs."""
    logs = (ref for ref in list_refs(session.repo.git, *READ_PREFIXES) if ref.kind == "commit")
    tips = {ref.oid for ref in logs if parse_log_ref(ref.name)}
    reader = CatFile(session.repo)
    try:
        found = reader.get(f"{SUMMARY}:{covered.NAME}")
    finally:
        reader.close()
    shown = covered.parse(found.data) if found else None
    if tips <= set(shown.logs.values() if shown else ()):
        return Finding("views", True, "git log and the notes show every record", "")
    return Finding("views", False, "git log and the notes do not show every record yet", "git prov ls")


def _records(session: Session) -> Iterator[Finding]:
    """What stands in the logs and cannot be read."""
    problems = union.read(session.repo).problems
    if problems:
        first = f"{problems[0].where}: {problems[0].reason}"
        summary = f"{len(problems)} refused, {first}" if len(problems) > 1 else f"one refused, {first}"
        yield Finding("records", False, summary, "git prov ls names them; ask who wrote them")


def _locks(session: Session) -> Iterator[Finding]:
    common = session.repo.common_dir
    places = [
        os.path.join(common, "refs", "prov"),
        os.path.join(common, "refs", "notes"),
        os.path.join(common, "reftable"),
    ]
    paths = [os.path.join(where, name) for place in places for where, _, names in os.walk(place) for name in names]
    paths += [os.path.join(common, name) for name in ("config.lock", "packed-refs.lock")]
    for path in paths:
        if not path.endswith(".lock"):
            continue
        try:
            age = session.clock() - os.stat(path).st_mtime
        except OSError:
            continue
        if age > _STALE_SECONDS:
            yield Finding("lock", False, f"{path} was left behind {age / 60:.0f} minutes ago", f"rm '{path}'")


def _signing(session: Session) -> list[Finding]:
    """Whether records are signed, where anything here is."""
    try:
        if session.repo.config.flag(KEY, default=False):
            return [Finding("signing", True, "records are signed", "")]
        if session.repo.config.flag("commit.gpgsign", default=False):
            summary = "commits are signed here (commit.gpgSign), and records are not"
            return [Finding("signing", None, summary, f"git config {KEY} true")]
    except ConfigError as error:
        return [Finding("signing", False, error.message, error.hint.removeprefix("mend it: "))]
    return []


def _runs(session: Session) -> Iterator[Finding]:
    left = sum(1 for _ in journal.abandoned(session.state))
    if left:
        yield Finding("runs", False, f"{left} that did not end in the ordinary way: not recorded yet", "git prov ls")


def _kept(session: Session) -> Iterator[Finding]:
    logs = {log.kept: log for log in rewritten(session.repo)}
    for ref in list_refs(session.repo.git, KEPT):
        mend = f"git log {ref.name}; once seen: git update-ref -d {ref.name}"
        if log := logs.get(ref.name):
            yield Finding("set aside", None if log.is_whole else False, f"{log.where} {log.words}", mend)
        else:
            summary = f"{ref.name} holds what was set aside because somebody changed what nobody may change"
            yield Finding("set aside", False, summary, mend)
