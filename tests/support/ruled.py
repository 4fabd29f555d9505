"""Repositories with rules, runs that made files, and what the judge says of it all."""

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gitprov.api.policy import stages
from gitprov.artifacts.hashing import digest_bytes
from gitprov.model.text import quote
from gitprov.model.verdicts import Judgement
from gitprov.records import pointers, writer
from gitprov.records.deposit import depositing
from gitprov.records.writer import Addition
from support.records import BY, append, opened, record_id, run_record, session_in
from support.repo import RepoBuilder

NEED_RUN = '[rules.results-need-run]\nlevel = "block"\npaths = ["results/**"]\n'
"""The rule that most tests are about."""
LOCK = b"""lock-version = "1.0"
created-by = "git-prov"
[[packages]]
name = "numpy"
version = "2.0"
[[packages]]
name = "own"
[packages.directory]
path = "."
[[packages]]
name = "beside"
[packages.directory]
path = "/home/ana/beside"
editable = true
[[packages]]
name = "gitprov"
[packages.directory]
path = "/home/ana/gitprov"
"""
"""An environment's lock: a package with a version, the repository's own, and two that stand elsewhere."""
_numbers = itertools.count(100)


def write_rules(repo: RepoBuilder, text: str = NEED_RUN) -> None:
    """Commit a policy."""
    repo.commit("rules", {".gitprov.toml": text})


def output(path: str | bytes, content: bytes | str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    """Return an output as a record has it."""
    data = content.encode() if isinstance(content, str) else content
    return {"path": quote(path), "digest": digest_bytes(data), "size": len(data), "how": "traced", **fields}


def made(repo: RepoBuilder, path: str | bytes, content: bytes | str, **fields: Any) -> str:  # noqa: ANN401 - any field
    """Record a run that made a file, the newest so far, and return its id."""
    number = next(_numbers)
    append(repo.path, run_record(number, output=[output(path, content)], **fields))
    return record_id(number)


def state(repo: RepoBuilder, content: bytes, **fields: Any) -> None:  # noqa: ANN401 - any field
    """Say something about bytes, as `git prov data add` does; later than every run here."""
    session = session_in(repo.path)
    said = {"digest": digest_bytes(content), "at": "2026-06-01T00:00:00Z", "by": BY, **fields}
    with depositing(session.repo, session.state) as deposit:
        deposit.statement(pointers.stating(said))
    writer.append(session.repo, session.state, Addition(stored=deposit.stored))


def staged(path: Path, *files: str, only: Sequence[str] = (), amend: bool = False, **environ: str) -> Judgement:
    """Judge what is staged, as a command in `path` does."""
    with opened(path, **environ) as session:
        return stages.pre_commit(session, files, only=only, amend=amend)


def in_ci(path: Path, text: str = "", *files: str, only: Sequence[str] = (), **environ: str) -> Judgement:
    """Judge a range, or the newest commit, as CI does."""
    with opened(path, **environ) as session:
        return stages.ci(session, text, files, only=only)


def message(path: Path, file: Path, *, amend: bool = False) -> Judgement:
    """Judge the message in a file."""
    with opened(path) as session:
        return stages.commit_msg(session, str(file), amend=amend)


def pushed(repo: RepoBuilder, ref: str, *, to: str = "", there: str = "", remote: str = "origin") -> Judgement:
    """Judge what pushing a ref would bring to a remote where it stands at `there`, if it stands there at all."""
    oid = repo.git("rev-parse", ref)
    line = f"{ref} {oid} {to or ref} {there or '0' * len(oid)}\n"
    with opened(repo.path) as session:
        return stages.pre_push(session, line, remote)


def what(judgement: Judgement) -> list[str]:
    """Return what was found, in words."""
    return [one.what for one in judgement.findings]


def verdicts(judgement: Judgement) -> list[tuple[str, str, str]]:
    """Return rule, level and path of what was found."""
    return [(one.rule, one.level, one.path) for one in judgement.findings]
