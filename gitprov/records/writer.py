"""Writing records: into the log, the anchors and the data of this clone's own writer."""

import contextlib
import json
import os
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from gitprov.gitrepo.objects import TreeEntry
from gitprov.gitrepo.repo import Repo
from gitprov.model.ids import ABBREV, is_oid
from gitprov.records import codec
from gitprov.records.change import Change, attempt
from gitprov.records.data import places
from gitprov.records.layout import State, code_ref, data_ref, is_writer, log_ref
from gitprov.records.scratch import scratch

_ANCHORS_LOOKED_AT = 64

Record = Mapping[str, Any]


class Addition(NamedTuple):
    """What one change adds to a clone's logs."""

    records: Sequence[Record] = ()
    code: Sequence[str] = ()
    """Exact commits to be anchored, so that they stay and travel."""
    code_at_home: Sequence[str] = ()
    """Exact commits to be anchored here only."""
    data: Mapping[str, bytes] = {}
    """Attachments, listings and locks by digest."""
    stored: Mapping[str, str] = {}
    """Blobs that a deposit has brought into the repository, by their place in the tree of a data commit."""


def writer_id(state: State) -> str:
    """This clone's id as a writer, drawn the first time. Linked worktrees share it."""
    while True:
        try:
            with open(state.writer, encoding="utf-8") as file:
                name = json.load(file)["id"]
            if isinstance(name, str) and is_writer(name):
                return name
            raise ValueError(name)
        except FileNotFoundError:
            pass
        except (ValueError, KeyError, TypeError):
            with contextlib.suppress(FileNotFoundError):  # another process was quicker
                os.replace(state.writer, state.writer + ".damaged")
        _put_writer(state, _new_name(), replace=False)


def renew_writer(repo: Repo, state: State, old: str = "") -> str:
    """Give the logs of writer `old` (by default this clone's own) a new name, which is returned.

    For a copied clone, whose log has parted from its twin's. The refs under the old name go, because that name is the
    twin's now; every record stays, under the new one.
    """
    new = _new_name()

    def rename(change: Change) -> None:
        ours = writer_id(state)
        for ref in (log_ref, code_ref, data_ref, _home_ref):
            if tip := change.tip(ref(old or ours)):
                change.move(ref(new), tip)
                change.remove(ref(old or ours))
        if old in ("", ours):
            _put_writer(state, new, replace=True)

    attempt(repo, state, rename)
    return new


def _home_ref(writer: str) -> str:
    return code_ref(writer, shared=False)


def _new_name() -> str:
    return os.urandom(6).hex()


def _put_writer(state: State, name: str, *, replace: bool) -> None:
    """Write an id whole or not at all; without `replace`, whoever came first stays."""
    new = scratch(state)
    with open(new, "w", encoding="utf-8") as file:
        json.dump({"id": name, "path": os.path.dirname(state.root)}, file)
    if replace or not _linked(new, state.writer):
        os.replace(new, state.writer)
    else:
        os.unlink(new)


def _linked(new: str, path: str) -> bool:
    """Give a file a second name, unless that name is taken; false on a file system without hard links."""
    try:
        os.link(new, path)
    except FileExistsError:
        return True
    except OSError:
        return False
    return True


def append(repo: Repo, state: State, addition: Addition) -> dict[str, Record]:
    """Add records, anchors and data to this clone's refs, all or nothing.

    Returns the new log commits with their records. Raises `LostRace` when other writers were quicker many times,
    `GitFailed` when git cannot write.
    """
    return attempt(repo, state, lambda change: add(change, writer_id(state), addition))


def add(change: Change, writer: str, addition: Addition) -> dict[str, Record]:
    """Put an addition into a change that the caller carries out."""
    commits = _add_records(change, log_ref(writer), addition.records)
    _add_anchors(change, code_ref(writer), addition.code)
    _add_anchors(change, _home_ref(writer), addition.code_at_home)
    _add_data(change, data_ref(writer), addition.data, addition.stored)
    return commits


def _add_records(change: Change, ref: str, records: Sequence[Record]) -> dict[str, Record]:
    """One commit a record, each on the one before: signed where that is wanted, and possible."""
    commits: dict[str, Record] = {}
    unsigned = []
    for record in records:
        tip = change.tip(ref)
        parts = (change.objects.tree(()), [tip] if tip else [], change.who, codec.message(record))
        commit = change.signing.commit(*parts) if change.signing else ""
        if not commit:
            commit = change.objects.commit(*parts)
            unsigned.append(record["id"][:ABBREV])
        change.move(ref, commit)
        commits[commit] = record
    if change.signing and unsigned:
        mend = f"once the key works: git prov sign {' '.join(unsigned)}"
        change.remarks.append(f"recorded without a signature: {change.signing.failed}; {mend}")
    return commits


def _add_anchors(change: Change, ref: str, wanted: Sequence[str]) -> None:
    """A commit with the empty tree and the code as a further parent, for each commit not anchored yet.

    A commit that is gone, because it was amended and pruned while its run went on, would break the ref.
    """
    for oid in dict.fromkeys(wanted):
        if not is_oid(oid) or not change.is_commit(oid) or _is_anchored(change, ref, oid):
            continue
        tip, tree = change.tip(ref), change.objects.tree(())
        change.move(ref, change.objects.commit(tree, [tip, oid] if tip else [oid], change.who, f"code {oid}\n"))


def _is_anchored(change: Change, ref: str, wanted: str) -> bool:
    """Looks at the newest anchors, where a commit that is run again and again stands; then, in one call, at all."""
    tip, last_line = change.tip(ref), f"\n\ncode {wanted}\n".encode()
    for _ in range(_ANCHORS_LOOKED_AT):
        data = change.read(tip)
        if data.endswith(last_line):
            return True
        parents = [row[7:] for row in data.partition(b"\n\n")[0].split(b"\n") if row.startswith(b"parent ")]
        if len(parents) < 2:
            return False
        tip = parents[0].decode("ascii")
    # The oldest anchor stands on the code itself: that history is not looked through.
    bounds = (change.stored_tip(ref) or wanted, f"^{wanted}")
    search = ("log", "-1", "--format=%H", "--first-parent", "--fixed-strings", f"--grep=code {wanted}", *bounds)
    return bool(change.repo.git.run(*search))


def _add_data(change: Change, ref: str, data: Mapping[str, bytes], stored: Mapping[str, str]) -> None:
    """A commit whose tree holds what it adds, each blob at its place: `b3/<hex>`, `pointer/<hex>-<id>`."""
    objects = change.objects
    blobs = {places.attachment(digest): objects.blob(content) for digest, content in data.items()}
    blobs.update(stored)
    if not blobs:
        return
    directories: dict[str, list[TreeEntry]] = {}
    for place, oid in blobs.items():
        directory, _, name = place.partition("/")
        directories.setdefault(directory, []).append(TreeEntry("100644", name.encode(), oid))
    tree = objects.tree(TreeEntry("40000", name.encode(), objects.tree(rows)) for name, rows in directories.items())
    old = change.tip(ref)
    words = next(iter(blobs)).replace("/", ":", 1) if len(blobs) == 1 else f"{len(blobs)} objects"
    change.move(ref, objects.commit(tree, [old] if old else [], change.who, f"data {words}\n"))
