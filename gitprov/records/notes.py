"""The two views of the logs: `refs/notes/prov` for people and plain git, and one line a run for plain `git log`.

Both are made from the union of records and from nothing else. Bringing them up to date costs what is new in the
logs, not what exists: the new records are put into the notes of their own commits. Only where that is not enough (no
view yet, a log that vanished, a view somebody else moved) they are built anew, with the same result.
"""

import json
import os
import time
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from gitprov.errors import GitFailed, LostRace
from gitprov.gitrepo.objects import Objects, Signature
from gitprov.gitrepo.read import CatFile, history
from gitprov.gitrepo.refs import Ref, RefUpdate, list_refs, update
from gitprov.gitrepo.repo import Repo
from gitprov.model.results import Problem
from gitprov.records import covered as cover
from gitprov.records import shown, toml
from gitprov.records.covered import Covered
from gitprov.records.layout import KEPT, NOTES, READ_PREFIXES, REMOTES, SUMMARY, State, parse_log_ref
from gitprov.records.lock import pause, writing
from gitprov.records.notetree import NoteTree

_ATTEMPTS = 8
_HEAVY = 256 << 10
_SCANNED = 1000
"""The most commits looked through for one that has the tree of a run."""

Record = Mapping[str, Any]


class Refreshed(NamedTuple):
    """What came of a refresh: whether a view moved, and what was found amiss on the way."""

    moved: bool
    problems: list[Problem]


def refresh(repo: Repo, state: State) -> Refreshed:
    """Bring both views up to the logs. Raises `GitFailed` or `LostRace` where they cannot be written."""
    with writing(state):
        return refresh_held(repo, state)


def refresh_held(
    repo: Repo, state: State, *, fresh: Mapping[str, Record] | None = None, head: str | None = None
) -> Refreshed:
    """`refresh` for a caller that holds the clone's lock.

    `fresh` are records the caller has itself just put into the log, by commit; a large note may then be left for
    later. `head` is HEAD's commit where the caller knows it.
    """
    for attempt in range(_ATTEMPTS):
        reader = CatFile(repo)
        try:
            return _Refresh(repo, state, reader, fresh or {}, head).run()
        except LostRace:
            if attempt + 1 == _ATTEMPTS:
                raise
            pause(attempt)
        finally:
            reader.close()
    raise AssertionError("unreachable")


class _Refresh:
    """One attempt: reads what is there, makes the new trees, moves both refs in one transaction."""

    def __init__(
        self, repo: Repo, state: State, reader: CatFile, fresh: Mapping[str, Record], head: str | None
    ) -> None:
        self._repo = repo
        self._state = state
        self._reader = reader
        self._fresh = fresh
        self._objects = Objects(repo.object_format)
        self._problems: list[Problem] = []
        self._updates: list[RefUpdate] = []
        self._head = self._oid("HEAD") if head is None else head
        self._refs = list_refs(repo.git, *READ_PREFIXES, NOTES, SUMMARY)

    def run(self) -> Refreshed:
        tips = {ref.name: ref.oid for ref in self._refs if ref.kind == "commit" and parse_log_ref(ref.name)}
        summary, notes = self._ref(SUMMARY), self._ref(NOTES)
        was = self._covered(summary)
        if not tips and was is None:
            return Refreshed(False, [])
        remotes = {ref.name: ref.oid for ref in self._refs if _is_remote_notes(ref)}
        now = Covered(tips, tips, notes, remotes, self._head)
        if was == now:
            return Refreshed(False, [])
        if was is not None and not self._only_grew(was, tips):
            tips = {**tips, **self._set_aside_logs(was, tips)}
            was = None
        if was is None or was.notes != notes:
            now = self._rebuild(tips, summary, notes, remotes)
        else:
            try:
                now = self._advance(was, tips, summary, remotes)
            except GitFailed:  # what was covered is not all there any more
                now = self._rebuild(tips, summary, notes, remotes)
        return self._write(now, summary, notes)

    # What is there

    def _ref(self, name: str) -> str:
        return next((ref.oid for ref in self._refs if ref.name == name), "")

    def _oid(self, name: str) -> str:
        found = self._reader.get(name)
        return found.oid if found else ""

    def _read(self, oid: str) -> bytes:
        pending = self._objects.pending(oid)
        if pending is not None:
            return pending
        found = self._reader.get(oid) if oid else None
        return found.data if found else b""

    def _text(self, oid: str) -> str:
        return self._read(oid).decode("utf-8", "replace")

    def _covered(self, summary: str) -> Covered | None:
        if not summary or not os.path.exists(self._state.trees):
            return None
        found = self._reader.get(f"{SUMMARY}:{cover.NAME}")
        return cover.parse(found.data) if found else None

    # What became of the logs

    def _only_grew(self, was: Covered, tips: Mapping[str, str]) -> bool:
        """Whether every log that was covered is still there and has only moved forward."""
        changed = [(ref, oid) for ref, oid in was.logs.items() if tips.get(ref) != oid]
        if all(commit in self._fresh for ref, _ in changed if (commit := tips.get(ref, ""))) and all(
            ref in tips for ref, _ in changed
        ):
            return True
        try:
            return not history(self._repo, [oid for _, oid in changed], hide=tips.values())
        except GitFailed:
            return False

    def _set_aside_logs(self, was: Covered, tips: Mapping[str, str]) -> dict[str, str]:
        """Keep what another writer's log held before it went back or changed: nobody may take records away."""
        kept: dict[str, str] = {}
        for ref, old in was.logs.items():
            origin = parse_log_ref(ref)
            if ref not in tips or tips[ref] == old or origin is None or not ref.startswith(REMOTES):
                continue
            if self._oid(old) and history(self._repo, [old], hide=[tips[ref]]):
                name = f"{KEPT}log/{origin.writer}/{old[:16]}"
                kept[name] = old
                if not self._ref(name):
                    update(self._repo, [RefUpdate(name, old, "")])  # now, so that the union below reads it
                self._problems.append(Problem(ref, f"went back or was rewritten; what it held is kept at {name}", ""))
        return kept

    # What the views become

    def _rebuild(self, tips: dict[str, str], summary: str, notes: str, remotes: dict[str, str]) -> Covered:
        from gitprov.records import union

        records = [json.loads(stored.raw) for stored in union.read(self._repo).stored if union.is_read(stored)]
        self._rows = NoteTree(self._objects, self._read, "")
        self._manifests = NoteTree(self._objects, self._read, "")
        self._put_rows(records, rewrite=True)
        self._put_manifests(records)
        self._put_same_trees(self._recent("", self._head))
        tree = self._manifests.write()
        if notes and self._tree_of(notes) != tree and not self._is_ours(notes, remotes):
            name = f"{KEPT}notes/{notes[:16]}"
            if not self._ref(name):
                self._updates.append(RefUpdate(name, notes, self._oid(name)))
            self._problems.append(Problem(NOTES, f"was changed by hand; what it held is kept at {name}", ""))
        return Covered(tips, tips, self._notes_commit(notes, remotes, {}), remotes, self._head)

    def _advance(self, was: Covered, tips: dict[str, str], summary: str, remotes: dict[str, str]) -> Covered:
        self._rows = NoteTree(self._objects, self._read, summary)
        self._manifests = NoteTree(self._objects, self._read, self._tree_of(was.notes))
        new = self._records(tips, was.logs)
        behind = [] if was.noted == was.logs else self._records(was.logs, was.noted)
        self._put_rows(new)
        if new and not self._fresh:
            self._put_same_trees(self._recent("", self._head))
        elif self._head != was.head:
            self._put_same_trees(self._recent(was.head, self._head))
        if self._waits([*behind, *new]):
            return Covered(tips, was.noted, was.notes, was.merged, self._head)
        self._put_manifests([*behind, *new])
        return Covered(tips, tips, self._notes_commit(was.notes, remotes, was.merged), remotes, self._head)

    def _records(self, tips: Mapping[str, str], seen: Mapping[str, str]) -> list[Record]:
        """The records that the logs have gained, validated unless they are the caller's own."""
        if all(commit in self._fresh or commit in seen.values() for commit in tips.values()):
            commits = list(self._fresh)  # under the clone's lock nothing else can have come between
        else:
            commits = history(self._repo, tips.values(), hide=seen.values())
        if all(commit in self._fresh for commit in commits):
            return [self._fresh[commit] for commit in commits]
        from gitprov.records import union

        return [json.loads(stored.raw) for stored in union.load(self._repo, commits).stored if union.is_read(stored)]

    def _put_rows(self, records: Iterable[Record], *, rewrite: bool = False) -> None:
        rows: dict[str, list[str]] = {}
        trees = []
        for run in records:
            code = run.get("code", {})
            if run["kind"] != "run" or not self._fits(code.get("commit", "")):
                continue
            if self._fits(code.get("base", "")):
                rows.setdefault(code["base"], []).append(shown.line(run, "uncommitted changes"))
            rows.setdefault(code["commit"], []).append(shown.line(run))
            trees.append(f"{code.get('tree', '-')} {code['commit']} {shown.line(run, 'same tree')}\n")
        _write_trees(self._state.trees, trees, rewrite=rewrite)
        self._merge_rows(rows)

    def _merge_rows(self, rows: Mapping[str, list[str]]) -> None:
        for commit, lines in rows.items():
            text = shown.merge(self._text(self._rows.get(commit)), lines, commit)
            self._rows.set(commit, self._objects.blob(text.encode()))

    def _put_same_trees(self, commits: Mapping[str, str]) -> None:
        """Show runs below commits whose tree is the one they ran on: a dirty tree that was committed, an amend."""
        trees = set(commits.values())
        found: dict[str, list[tuple[str, str]]] = {}
        with open(self._state.trees, encoding="utf-8", errors="replace") as file:
            for row in file:
                tree, commit, line = row.rstrip("\n").split(" ", 2)
                if tree in trees:
                    found.setdefault(tree, []).append((commit, line))
        rows = {
            commit: [line for ran_on, line in found[tree] if ran_on != commit]
            for commit, tree in commits.items()
            if tree in found
        }
        self._merge_rows({commit: lines for commit, lines in rows.items() if lines})

    def _recent(self, since: str, head: str) -> dict[str, str]:
        """Commits and their trees, from `head` back to `since`, no more than are worth looking through."""
        if not head:
            return {}
        bounds = [head, f"^{since}"] if since and self._oid(since) else [head]
        listing = self._repo.git.run("log", f"--max-count={_SCANNED}", "--format=%H %T", "--no-show-signature", *bounds)
        return dict(row.split(" ") for row in listing.decode("ascii").splitlines())

    def _put_manifests(self, records: Iterable[Record]) -> None:
        for commit, sections in self._sections(records).items():
            note = toml.merge(self._text(self._manifests.get(commit)), sections)
            self._manifests.set(commit, self._objects.blob(note.encode()))

    def _waits(self, records: Iterable[Record]) -> bool:
        """Whether a note is so large that rewriting it for this little would make many runs on one commit cost
        the square of their number. It is written when more has come, and before anything is read or sent."""
        if not self._fresh:
            return False
        for commit, sections in self._sections(records).items():
            size = len(self._read(self._manifests.get(commit)))
            if size > _HEAVY and 8 * sum(map(len, sections)) < size:
                return True
        return False

    def _sections(self, records: Iterable[Record]) -> dict[str, list[str]]:
        by_commit: dict[str, list[str]] = {}
        for record in records:
            commit = attached_to(record)
            if self._fits(commit):
                by_commit.setdefault(commit, []).append(toml.section(record))
        return by_commit

    def _fits(self, commit: str) -> bool:
        """Whether a commit's id is one of this repository's kind: a record may come from one with another format."""
        return len(commit) == len(self._repo.null_oid)

    def _notes_commit(self, tip: str, remotes: Mapping[str, str], merged: Mapping[str, str]) -> str:
        """The notes view's commit: a remote's own where it says the same, so that clones agree and rest."""
        tree = self._manifests.write()
        same = sorted(oid for oid in remotes.values() if self._tree_of(oid) == tree)
        if same:
            return same[0]
        news = {oid for ref, oid in remotes.items() if merged.get(ref) != oid}
        parents = [tip] if tip else []
        parents += sorted(oid for oid in news if oid != tip and not self._descends(tip, oid))
        if parents == [tip] and self._tree_of(tip) == tree:
            return tip
        who = Signature(self._repo.identity, int(time.time()))
        return self._objects.commit(tree, parents, who, "Notes written by 'git prov'\n")

    def _descends(self, tip: str, oid: str) -> bool:
        return bool(tip) and self._repo.git.succeeds("merge-base", "--is-ancestor", oid, tip)

    def _tree_of(self, commit: str) -> str:
        data = self._read(commit)
        return data[5 : data.index(b"\n")].decode("ascii") if data.startswith(b"tree ") else ""

    def _is_ours(self, notes: str, remotes: Mapping[str, str]) -> bool:
        """Whether the notes view was last written by `git prov`, here or in another clone."""
        data = self._read(notes)
        return notes in remotes.values() or data.partition(b"\n\n")[2] == b"Notes written by 'git prov'\n"

    # Writing

    def _write(self, now: Covered, summary: str, notes: str) -> Refreshed:
        self._rows.set_extra(cover.NAME, self._objects.blob(cover.dump(now)))
        root = self._rows.write()
        if now.notes != notes:
            self._updates.append(RefUpdate(NOTES, now.notes, notes))
        if root != summary:
            self._updates.append(RefUpdate(SUMMARY, root, summary))
        self._objects.store(self._repo.git)
        update(self._repo, self._updates)
        return Refreshed(bool(self._updates), self._problems)


def attached_to(record: Record) -> str:
    """The commit whose note shows a record; "" when it belongs to none."""
    commit = record.get("code", {}).get("commit") if record["kind"] == "run" else record.get("commit")
    return commit if isinstance(commit, str) else ""


def _is_remote_notes(ref: Ref) -> bool:
    return ref.name.startswith(REMOTES) and ref.name.endswith("/notes/prov") and ref.kind == "commit"


def _write_trees(path: str, lines: list[str], *, rewrite: bool) -> None:
    if not rewrite:
        with open(path, "a", encoding="utf-8") as file:
            file.writelines(lines)
        return
    os.makedirs(os.path.dirname(path), exist_ok=True)
    scratch = f"{path}.{os.getpid()}"
    with open(scratch, "w", encoding="utf-8") as file:
        file.writelines(lines)
    os.replace(scratch, path)
