"""What a repository begins with: the files of a template in the working tree, and what is to be done with them."""

import os
import shlex
from collections.abc import Sequence
from typing import NamedTuple

from gitprov.api.policy import sources
from gitprov.api.policy.loading import understood
from gitprov.api.session import Session
from gitprov.api.settings import FILE
from gitprov.api.setup.local import Report
from gitprov.api.templates import finding, ignoring, messages
from gitprov.api.templates.finding import Piece, Template
from gitprov.api.templates.laying import lay
from gitprov.api.templates.rendering import rendered
from gitprov.errors import NotFound, ProvError
from gitprov.gitrepo.process import raw, text
from gitprov.gitrepo.repo import Repo
from gitprov.model.text import quote


class Plan(NamedTuple):
    """A template that can be laid: everything that can be wrong with it has been looked for."""

    template: Template
    pieces: Sequence[Piece]


def plan(session: Session, name: str) -> Plan:
    """Find a template for the working tree. Raises `ProvError` where there is none, or where it cannot be used."""
    repo = session.repo
    if repo.worktree is None:
        raise ProvError("there is no working tree here to write a template's files into", hint="do it in a clone")
    template = finding.find(repo, name, session.cwd)
    values = {"name": "", "hypothesis": "", "owner": repo.identity, "project": os.path.basename(repo.worktree)}
    pieces = rendered(finding.pieces(template, "repository"), values)
    if not pieces:
        raise NotFound(f"template {name} brings nothing for a repository", hint="it is one for git prov new --template")
    for piece in pieces:
        if piece.path == FILE:
            understood(sources.Source(piece.data, f"{FILE} of the template {name}"))
    return Plan(template, pieces)


def begin(session: Session, planned: Plan) -> Report:
    """Lay the files and say what became of each. Nothing that is there is overwritten. Raises `OSError`."""
    report = Report([], [], [])
    changed = [piece.path for piece in planned.pieces if _put(session, planned.template.name, piece, report)]
    if os.path.exists(os.path.join(session.repo.worktree or "", messages.NAME)) and _brings_message(planned):
        done, note = messages.offer(session)
        report.done.extend(filter(None, [done]))
        report.notes.extend(filter(None, [note]))
    hidden = ignored(session.repo, changed)
    report.notes.extend(f"git ignores {quote(path)}: to commit it, git add -f" for path in hidden)
    if to_add := [path for path in changed if path not in hidden]:
        words = " ".join(shlex.quote(path) for path in seen_from(session.repo, to_add))
        report.done.append(f"commit it: git add {words} && git commit -m {shlex.quote(_message(planned))}")
    else:
        report.notes.append(f"all that template {planned.template.name} brings is here already")
    return report


def ignored(repo: Repo, paths: Sequence[str]) -> list[str]:
    """Return the paths, from the top, that git would pass over when they are added."""
    if not paths or repo.worktree is None:
        return []
    data = b"".join(raw(path) + b"\0" for path in paths)
    asked = repo.git.start("-C", repo.worktree, "check-ignore", "-z", "--stdin", data=data)
    return text(asked.output(check=False)).split("\0")[:-1]


def seen_from(repo: Repo, paths: Sequence[str]) -> list[str]:
    """Return paths from the top as they are written from where the person stands."""
    return [os.path.relpath(path, repo.prefix or ".") for path in paths]


def _put(session: Session, name: str, piece: Piece, report: Report) -> bool:
    """Lay one file; whether the working tree has changed."""
    top = session.repo.worktree or ""
    if (
        piece.path == FILE
        and not os.path.lexists(os.path.join(top, FILE))
        and (found := sources.find(session.repo, ""))
    ):
        report.notes.append(f"kept: settings stand in {found.file}, which would not be read beside a {FILE}")
        return False
    is_list = os.path.basename(piece.path) == ignoring.NAME
    if is_list:
        piece, left_out = ignoring.wanted(session.repo, piece)
        report.notes.extend(f"not added to {piece.path}: {line}, because git has such files" for line in left_out)
    why = lay(top, piece)
    if not why:
        report.done.append(f"wrote {quote(piece.path)}")
        return True
    if is_list and os.path.lexists(os.path.join(top, piece.path)):
        merged = ignoring.merge(top, piece, name)
        if merged.added:
            report.done.append(f"added to {quote(piece.path)}: {', '.join(merged.added)}")
            return True
        why = merged.problem or "it has all of it"
    report.notes.append(f"kept {quote(piece.path)}: {why}")
    return False


def _brings_message(planned: Plan) -> bool:
    return any(piece.path == messages.NAME for piece in planned.pieces)


def _message(planned: Plan) -> str:
    return f"Begin with the template {os.path.basename(planned.template.directory)}"
