"""Writing records: into the log, the anchors and the data of this clone's own writer."""

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from gitprov.gitrepo.objects import TreeEntry
from gitprov.gitrepo.refs import RefUpdate, list_refs, update
from gitprov.gitrepo.repo import Repo
from gitprov.records import codec
from gitprov.records.change import Change, attempt
from gitprov.records.layout import State, code_ref, data_ref, is_writer, log_ref

Record = Mapping[str, Any]


class Addition(NamedTuple):
    """What one change adds to a clone's logs."""

    records: Sequence[Record] = ()
    code: Sequence[str] = ()
    """Exact commits to be anchored, so that they stay and travel."""
    code_at_home: Sequence[str] = ()
    """Exact commits to be anchored here only."""
    data: Mapping[str, bytes] = {}
    """Attachments, manifests and locks by digest."""


def writer_id(state: State) -> str:
    """This clone's id as a writer, drawn the first time. Linked worktrees share it."""
    while True:
        try:
            with open(state.writer, encoding="utf-8") as file:
                name = json.load(file)["id"]
            if isinstance(name, str) and is_writer(name):
                return name
        except FileNotFoundError:
            pass
        except (ValueError, KeyError, TypeError):
            os.replace(state.writer, state.writer + ".damaged")
        _draw(state, replace=False)


def renew_writer(repo: Repo, state: State) -> str:
    """Take a new id, and our logs with it: for a copied clone, whose log has parted from its twin's.

    The refs under the old name go, because that name is the twin's now; every record stays, under the new one.
    """
    old = writer_id(state)
    _draw(state, replace=True)
    new = writer_id(state)
    moves = []
    for name in (log_ref, code_ref, data_ref, _home_ref):
        for ref in list_refs(repo.git, name(old)):
            moves += [RefUpdate(name(new), ref.oid, ""), RefUpdate(ref.name, "", ref.oid)]
    update(repo, moves)
    return new


def _home_ref(writer: str) -> str:
    return code_ref(writer, shared=False)


def _draw(state: State, *, replace: bool) -> None:
    """Write a new id whole or not at all; without `replace`, whoever came first stays."""
    os.makedirs(state.root, exist_ok=True)
    scratch = f"{state.writer}.{os.getpid()}"
    with open(scratch, "w", encoding="utf-8") as file:
        json.dump({"id": os.urandom(6).hex(), "path": os.path.dirname(state.root)}, file)
    try:
        if replace:
            os.replace(scratch, state.writer)
        else:
            os.link(scratch, state.writer)
    except FileExistsError:
        pass
    finally:
        if os.path.exists(scratch):
            os.unlink(scratch)


def append(repo: Repo, state: State, addition: Addition) -> dict[str, Record]:
    """Add records, anchors and data to this clone's refs, all or nothing.

    Returns the new log commits with their records. Raises `LostRace` when other writers were quicker many times,
    `GitFailed` when git cannot write.
    """
    return attempt(repo, lambda change: add(change, writer_id(state), addition))


def add(change: Change, writer: str, addition: Addition) -> dict[str, Record]:
    """Put an addition into a change that the caller carries out."""
    commits = _add_records(change, log_ref(writer), addition.records)
    _add_anchors(change, code_ref(writer), addition.code)
    _add_anchors(change, _home_ref(writer), addition.code_at_home)
    _add_data(change, data_ref(writer), addition.data)
    return commits


def _add_records(change: Change, ref: str, records: Sequence[Record]) -> dict[str, Record]:
    """One commit a record, each on the one before."""
    commits = {}
    for record in records:
        tip = change.tip(ref)
        tree = change.objects.tree(())
        commit = change.objects.commit(tree, [tip] if tip else [], change.who, codec.message(record))
        change.move(ref, commit)
        commits[commit] = record
    return commits


def _add_anchors(change: Change, ref: str, wanted: Sequence[str]) -> None:
    """A commit with the empty tree and the code as a further parent, for each commit not anchored yet.

    A commit that is gone, because it was amended and pruned while its run went on, would break the ref.
    """
    for oid in dict.fromkeys(wanted):
        tip = change.tip(ref)
        if _is_anchored(change, tip, oid) or not change.is_commit(oid):
            continue
        tree = change.objects.tree(())
        change.move(ref, change.objects.commit(tree, [tip, oid] if tip else [oid], change.who, f"code {oid}\n"))


def _is_anchored(change: Change, tip: str, wanted: str) -> bool:
    """Walks back from the newest anchor, where a commit that is run again and again stands first."""
    last_line = f"\n\ncode {wanted}\n".encode()
    while tip:
        data = change.read(tip)
        if data.endswith(last_line):
            return True
        parents = [row[7:] for row in data.partition(b"\n\n")[0].split(b"\n") if row.startswith(b"parent ")]
        tip = parents[0].decode("ascii") if len(parents) == 2 else ""
    return False


def _add_data(change: Change, ref: str, blobs: Mapping[str, bytes]) -> None:
    """A commit whose tree holds what it adds, by digest: `b3/<hex>`."""
    if not blobs:
        return
    objects = change.objects
    by_scheme: dict[str, list[TreeEntry]] = {}
    for digest, content in blobs.items():
        scheme, _, value = digest.partition(":")
        by_scheme.setdefault(scheme, []).append(TreeEntry("100644", value.encode(), objects.blob(content)))
    tree = objects.tree(
        TreeEntry("40000", scheme.encode(), objects.tree(entries)) for scheme, entries in by_scheme.items()
    )
    old = change.tip(ref)
    words = next(iter(blobs)) if len(blobs) == 1 else f"{len(blobs)} objects"
    change.move(ref, objects.commit(tree, [old] if old else [], change.who, f"data {words}\n"))
