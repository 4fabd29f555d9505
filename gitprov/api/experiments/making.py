"""Making an experiment: a directory with a file that says what it is for, and what a template brings to run."""

import os
import shlex
import shutil
from collections.abc import Sequence
from typing import Final

from gitprov.api.experiments.reading import understood
from gitprov.api.policy.loading import load
from gitprov.api.session import Session
from gitprov.api.templates import finding
from gitprov.api.templates.beginning import ignored, seen_from
from gitprov.api.templates.finding import Piece, Template
from gitprov.api.templates.laying import lay
from gitprov.api.templates.naming import check_name
from gitprov.api.templates.rendering import rendered
from gitprov.errors import NotFound, ProvError, UsageError
from gitprov.model.experiment import DIRECTORY, FILE, Made, directory_of, file_of
from gitprov.model.text import is_clean, single_line

_GUESSED: Final = "@localhost>"
"""How the address of somebody ends whom git knows nothing of."""
_PROGRAMS: Final = {".py": "python3", ".sh": "sh", ".R": "Rscript", ".jl": "julia"}
"""What runs a script, by its ending."""


def make(session: Session, name: str, *, template: str = "", hypothesis: str = "") -> Made:
    """Make an experiment. Raises `ProvError` where the name cannot be, is taken, or the template cannot be used."""
    check_name(name)
    if not is_clean(hypothesis):
        raise UsageError("the hypothesis has a control character in it", hint="write it in plain text")
    repo = session.repo
    if repo.worktree is None:
        raise ProvError("there is no working tree here to make an experiment in", hint="do it in a clone")
    _check_free(repo.worktree, name)
    chosen = template or load(repo).shared.experiments.template or finding.DEFAULT
    found = finding.find(repo, chosen, session.cwd)
    owner = "" if repo.identity.endswith(_GUESSED) else repo.identity
    project = os.path.basename(repo.worktree)
    values = {"name": name, "hypothesis": hypothesis.strip(), "owner": owner, "project": project}
    pieces = rendered(finding.pieces(found, "experiment"), values)
    experiment = understood(_own_file(pieces, found), f"{FILE} of the template {chosen}")
    _lay(repo.worktree, name, pieces)
    paths = [f"{directory_of(name)}/{piece.path}" for piece in pieces]
    written = seen_from(repo, paths)
    return Made(
        name=name,
        written=written,
        command=_command(pieces, written, name),
        file=seen_from(repo, [file_of(name)])[0],
        has_hypothesis=bool(experiment.hypothesis.strip()),
        ignored=ignored(repo, paths),
    )


def _check_free(top: str, name: str) -> None:
    """Refuse a name that is taken, in any case: elsewhere the two would be one directory."""
    above = os.path.join(top, DIRECTORY)
    if os.path.islink(above) or (os.path.lexists(above) and not os.path.isdir(above)):
        raise ProvError(f"{DIRECTORY} is {'a link' if os.path.islink(above) else 'not a directory'} here")
    taken = [one for one in (os.listdir(above) if os.path.isdir(above) else []) if one.lower() == name.lower()]
    if taken:
        other = "" if name in taken else f" (it differs from {single_line(name, 80)} in case only)"
        raise ProvError(
            f"{DIRECTORY}/{taken[0]} is there already{other}",
            hint=f"choose another name, or go on with it: git prov run --experiment {taken[0]} -- COMMAND",
        )


def _own_file(pieces: Sequence[Piece], template: Template) -> bytes:
    for piece in pieces:
        if piece.path == FILE:
            return piece.data
    raise NotFound(
        f"template {template.name} brings no experiment: there is no experiment/{FILE} in it",
        hint="name another with --template",
    )


def _lay(top: str, name: str, pieces: Sequence[Piece]) -> None:
    """Write all of it or nothing."""
    directory = os.path.join(top, directory_of(name))
    os.makedirs(os.path.dirname(directory), exist_ok=True)
    try:
        os.mkdir(directory)
    except FileExistsError:
        raise ProvError(f"{directory_of(name)} is there already", hint="choose another name") from None
    try:
        for piece in pieces:
            if why := lay(directory, piece):
                raise ProvError(f"{directory_of(name)}/{piece.path} cannot be written: {why}")
    except BaseException:
        shutil.rmtree(directory, ignore_errors=True)
        raise


def _command(pieces: Sequence[Piece], written: Sequence[str], name: str) -> str:
    """What runs the first script of the experiment's own directory."""
    scripts = [
        f"{_PROGRAMS[ending]} {shlex.quote(path)}"
        for piece, path in zip(pieces, written, strict=True)
        if "/" not in piece.path and (ending := os.path.splitext(piece.path)[1]) in _PROGRAMS
    ]
    return f"git prov run --experiment {name} -- {scripts[0] if scripts else 'COMMAND'}"
