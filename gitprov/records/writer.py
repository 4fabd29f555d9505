"""Writing records: objects first, refs last, from the value they were read at; retried when another writer was quicker."""

import json
import os
import secrets
import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from gitprov.errors import LostRace, ProvError
from gitprov.gitrepo.objects import Objects, Signature, TreeEntry
from gitprov.gitrepo.read import CatFile
from gitprov.gitrepo.refs import RefUpdate, list_refs, update
from gitprov.gitrepo.repo import Repo
from gitprov.records import codec
from gitprov.records.layout import State, code_ref, data_ref, is_writer, log_ref
from gitprov.records.lock import pause

_ATTEMPTS = 40
_STALE_LOCK_SECONDS = 2.0
_EMPTY: Sequence[TreeEntry] = ()


class Addition(NamedTuple):
    """What one change adds to a clone's logs."""

    records: Sequence[Mapping[str, Any]] = ()
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
        json.dump({"id": secrets.token_hex(6), "path": os.path.dirname(state.root)}, file)
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


def append(repo: Repo, state: State, addition: Addition) -> dict[str, Mapping[str, Any]]:
    """Add records, anchors and data to this clone's refs, all or nothing.

    Returns the new log commits with their records. Raises `LostRace` when other writers were quicker many times,
    `GitFailed` when git cannot write.
    """
    person = repo.identity
    for attempt in range(_ATTEMPTS):
        reader = CatFile(repo)
        try:
            objects = Objects(repo.object_format)
            writer = writer_id(state)
            change = _Change(reader, objects, Signature(person, int(time.time())))
            commits = change.log(log_ref(writer), addition.records)
            change.anchors(code_ref(writer), addition.code)
            change.anchors(_home_ref(writer), addition.code_at_home)
            change.data(data_ref(writer), addition.data)
            objects.store(repo.git)
            update(repo, change.updates)
        except LostRace:
            if attempt + 1 == _ATTEMPTS:
                raise
            _remove_stale_locks(repo, change.updates)
            pause(attempt)
        else:
            return commits
        finally:
            reader.close()
    raise AssertionError("unreachable")


class _Change:
    """The objects and ref updates of one attempt, put together from what the refs hold now."""

    def __init__(self, reader: CatFile, objects: Objects, who: Signature) -> None:
        self.updates: list[RefUpdate] = []
        self._reader = reader
        self._objects = objects
        self._who = who

    def log(self, ref: str, records: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
        """One commit a record, each on the one before."""
        if not records:
            return {}
        old = tip = self._tip(ref)
        tree = self._objects.tree(_EMPTY)
        commits = {}
        for record in records:
            tip = self._objects.commit(tree, [tip] if tip else [], self._who, codec.message(record))
            commits[tip] = record
        self.updates.append(RefUpdate(ref, tip, old))
        return commits

    def anchors(self, ref: str, wanted: Sequence[str]) -> None:
        """A commit with the empty tree and the code as a further parent, for each commit not anchored yet."""
        if not wanted:
            return
        old = tip = self._tip(ref)
        new = [oid for oid in dict.fromkeys(wanted) if self._is_commit(oid) and not self._is_anchored(tip, oid)]
        for oid in new:
            tree = self._objects.tree(_EMPTY)
            tip = self._objects.commit(tree, [tip, oid] if tip else [oid], self._who, f"code {oid}\n")
        if tip != old:
            self.updates.append(RefUpdate(ref, tip, old))

    def data(self, ref: str, blobs: Mapping[str, bytes]) -> None:
        """A commit whose tree holds what it adds, by digest: `b3/<hex>`."""
        if not blobs:
            return
        old = self._tip(ref)
        by_scheme: dict[str, list[TreeEntry]] = {}
        for digest, content in blobs.items():
            scheme, _, value = digest.partition(":")
            by_scheme.setdefault(scheme, []).append(TreeEntry("100644", value.encode(), self._objects.blob(content)))
        tree = self._objects.tree(
            TreeEntry("40000", scheme.encode(), self._objects.tree(entries)) for scheme, entries in by_scheme.items()
        )
        words = next(iter(blobs)) if len(blobs) == 1 else f"{len(blobs)} objects"
        commit = self._objects.commit(tree, [old] if old else [], self._who, f"data {words}\n")
        self.updates.append(RefUpdate(ref, commit, old))

    def _tip(self, ref: str) -> str:
        found = self._reader.get(ref)
        return found.oid if found else ""

    def _is_commit(self, oid: str) -> bool:
        """A commit may be gone when the run ends: amended and pruned meanwhile. An anchor on it would break the ref."""
        found = self._reader.get(oid)
        return found is not None and found.kind == "commit"

    def _is_anchored(self, tip: str, wanted: str) -> bool:
        """Walks back from the newest anchor, where a commit that is run again and again stands first."""
        line = f"code {wanted}\n".encode()
        while tip:
            found = self._reader.get(tip)
            if found is None or found.kind != "commit":
                return False
            if found.data.endswith(b"\n\n" + line):
                return True
            parents = [row[7:].decode() for row in found.data.split(b"\n\n")[0].split(b"\n") if row.startswith(b"parent ")]
            tip = parents[0] if len(parents) == 2 else ""
        return False


def _remove_stale_locks(repo: Repo, updates: Sequence[RefUpdate]) -> None:
    """Take away the lock of a ref of ours that a killed git left behind.

    Only this clone's writers lock these refs, and they stand in the queue of `records.lock`; a lock older than any
    git call lasts has no owner. Refs that the user's own git may write are never touched.
    """
    for change in updates:
        path = os.path.join(repo.common_dir, change.ref + ".lock")
        try:
            age = time.time() - os.stat(path).st_mtime
        except OSError:
            continue
        if age > _STALE_LOCK_SECONDS:
            try:
                os.unlink(path)
            except OSError as error:
                raise ProvError(f"{path} was left behind by a killed git: {error.strerror}", hint="remove it") from None
