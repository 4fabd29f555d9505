"""The files a person declares: inputs hashed before the child starts, outputs after it has ended.

Apart from the rest of `run`, so that a run that declares nothing does not pay for hashing's imports.
"""

import os
from collections.abc import Iterable

from gitprov.api.draft import Draft
from gitprov.api.session import Session
from gitprov.capture.files.declared import Declared, Hashed, expand, hash_declared
from gitprov.gitrepo.worktree import tree_entries
from gitprov.model.text import unquote


def find_inputs(session: Session, patterns: Iterable[str]) -> list[Declared]:
    """What the patterns name. Raises `ProvError` for one that names nothing."""
    return expand(list(patterns), session.cwd, session.repo.worktree or "")


def put_inputs(draft: Draft, inputs: list[Declared]) -> None:
    """Hash the inputs as they are before the run."""
    with draft.naming("inputs"):
        hashed = hash_declared(inputs, tracked=_tracked(draft, inputs))
        draft.fields["input"] = hashed.entries
        _keep(draft, hashed)


def put_outputs(draft: Draft, patterns: Iterable[str]) -> None:
    """Hash the outputs as the run has left them; one that is not there is named."""
    session = draft.session
    with draft.naming("outputs"):
        found = expand(list(patterns), session.cwd, session.repo.worktree or "", required=False)
        hashed = hash_declared(found)
        draft.fields["output"] = hashed.entries
        draft.warnings += hashed.problems
        _keep(draft, hashed)


def _keep(draft: Draft, hashed: Hashed) -> None:
    draft.data.update(hashed.listings)
    draft.missing += hashed.problems


def _tracked(draft: Draft, inputs: Iterable[Declared]) -> dict[str, str]:
    """The blobs of those inputs that git tracks, as they are in the exact commit, by recorded path."""
    code = draft.fields.get("code", {})
    if "tree" not in code:
        return {}
    untracked = {change.path for change in draft.status.changes if change.untracked}
    left_out = {entry["path"] for entry in code.get("omitted", ())}
    inside = [one for one in inputs if one.kind == "file" and not one.absolute and one.path not in left_out]
    wanted = {path: one.path for one in inside if (path := os.fsdecode(unquote(one.path))) not in untracked}
    entries = tree_entries(draft.session.repo, code["tree"], wanted)
    return {wanted[path]: entry.oid for path, entry in entries.items() if entry.mode.startswith("100")}
