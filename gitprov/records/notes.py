"""The two views of the logs: `refs/notes/prov` for people and plain git, and one line a run for plain `git log`.

Both are made from the union of records and from nothing else. Bringing them up to date costs what is new in the
logs, not what exists: the new records are put into the notes of their own commits. Only where that is not enough (no
view yet, a log that vanished, a view somebody else moved) they are built anew, with the same result.
"""

import json
import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from gitprov.errors import GitFailed, LostRace
from gitprov.gitrepo.read import history
from gitprov.gitrepo.refs import Ref, RefUpdate, update
from gitprov.gitrepo.repo import Repo
from gitprov.model.results import Problem
from gitprov.records import covered as cover
from gitprov.records import shown, toml
from gitprov.records.change import Change, attempt
from gitprov.records.covered import Covered
from gitprov.records.layout import KEPT, NOTES, REMOTES, SUMMARY, State, parse_log_ref
from gitprov.records.notetree import NoteTree

if TYPE_CHECKING:
    from gitprov.records.union import Union

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
    return attempt(repo, state, lambda change: bring_up(change, state))


def bring_up(change: Change, state: State, *, fresh: Mapping[str, Record] | None = None, head: str = "") -> Refreshed:
    """Put the views as the logs want them into a change that the caller carries out, holding the clone's lock.

    `fresh` are the records that the change itself adds to a log, by commit; a large note may then be left for later.
    `head` is HEAD's commit where the caller knows it.
    """
    return _Refresh(change, state, fresh or {}, head or change.oid("HEAD")).run()


class _Refresh:
    """Reads what is there, makes the new trees."""

    def __init__(self, change: Change, state: State, fresh: Mapping[str, Record], head: str) -> None:
        self._change = change
        self._repo = change.repo
        self._state = state
        self._fresh = fresh
        self._objects = change.objects
        self._problems: list[Problem] = []
        self._head = head
        logs = [ref for ref in change.refs() if ref.kind == "commit" and parse_log_ref(ref.name)]
        self._tips = {ref.name: ref.oid for ref in logs}
        self._stored = {ref.name: oid for ref in logs if (oid := change.stored_tip(ref.name))}

    def run(self) -> Refreshed:
        tips = self._tips
        summary, notes = self._change.tip(SUMMARY), self._change.tip(NOTES)
        was = self._covered(summary)
        if not tips and was is None:
            return Refreshed(False, [])
        remotes = {ref.name: ref.oid for ref in self._change.refs() if _is_remote_notes(ref)}
        now = Covered(tips, tips, notes, remotes, self._head)
        if was == now:
            return Refreshed(False, [])
        if was is not None and not self._only_grew(was):
            self._set_aside_logs(was, tips)
            was = None
        if was is None or was.notes != notes:
            now = self._rebuild(tips, summary, notes, remotes)
        else:
            try:
                now = self._advance(was, tips, summary, remotes)
            except GitFailed:  # what was covered is not all there any more
                now = self._rebuild(tips, summary, notes, remotes)
        return self._write(now)

    # What is there

    def _text(self, oid: str) -> str:
        return self._change.read(oid).decode("utf-8", "replace")

    def _covered(self, summary: str) -> Covered | None:
        if not summary or not os.path.exists(self._state.trees):
            return None
        found = self._change.read(f"{SUMMARY}:{cover.NAME}")
        return cover.parse(found) if found else None

    # What became of the logs

    def _only_grew(self, was: Covered) -> bool:
        """Whether every log that was covered is still there and has only moved forward."""
        changed = {ref: oid for ref, oid in was.logs.items() if self._stored.get(ref) != oid}
        if not all(ref in self._stored for ref in changed):
            return False
        try:
            return not history(self._repo, changed.values(), hide=self._stored.values())
        except GitFailed:
            return False

    def _set_aside_logs(self, was: Covered, tips: Mapping[str, str]) -> None:
        """Keep what another writer's log held before it went back or changed: nobody may take records away."""
        for ref, old in was.logs.items():
            origin = parse_log_ref(ref)
            if ref not in tips or tips[ref] == old or origin is None or not ref.startswith(REMOTES):
                continue
            if self._change.oid(old) and history(self._repo, [old], hide=[tips[ref]]):
                name = f"{KEPT}log/{origin.writer}/{old[:16]}"
                if not self._change.tip(name):
                    update(self._repo, [RefUpdate(name, old, "")])  # at once: the union is read from the refs
                    raise LostRace(f"{ref} went back", hint="try again")
                self._problems.append(Problem(ref, f"went back or was rewritten; what it held is kept at {name}", ""))

    # What the views become

    def _rebuild(self, tips: dict[str, str], summary: str, notes: str, remotes: dict[str, str]) -> Covered:
        records = [*self._all_records(), *self._fresh.values()]
        self._rows = NoteTree(self._objects, self._change.read, "")
        self._manifests = NoteTree(self._objects, self._change.read, "")
        self._put_rows(records, rewrite=True)
        self._put_manifests(records)
        self._put_same_trees(self._recent("", self._head))
        tree = self._manifests.write()
        if notes and self._change.tree_of(notes) != tree and not self._is_ours(notes, remotes):
            name = f"{KEPT}notes/{notes[:16]}"
            if not self._change.tip(name):
                self._change.move(name, notes)
            self._problems.append(Problem(NOTES, f"was changed by hand; what it held is kept at {name}", ""))
        return Covered(tips, tips, self._notes_commit(notes, remotes, {}), remotes, self._head)

    def _advance(self, was: Covered, tips: dict[str, str], summary: str, remotes: dict[str, str]) -> Covered:
        self._rows = NoteTree(self._objects, self._change.read, summary)
        self._manifests = NoteTree(self._objects, self._change.read, self._change.tree_of(was.notes))
        new = [*self._records(self._stored, was.logs), *self._fresh.values()]
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

    def _all_records(self) -> list[Record]:
        if not self._stored:
            return []  # a clone's first run pays for no reader
        from gitprov.records import union

        return _plain(union.read(self._repo))

    def _records(self, tips: Mapping[str, str], seen: Mapping[str, str]) -> list[Record]:
        """The records that stored logs have gained; validated, because others may have written them."""
        if set(tips.values()) <= set(seen.values()):
            return []
        from gitprov.records import union

        return _plain(union.load(self._repo, history(self._repo, tips.values(), hide=seen.values())))

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
        bounds = [head, f"^{since}"] if since and self._change.oid(since) else [head]
        listing = self._repo.git.run("log", f"--max-count={_SCANNED}", "--format=%H %T", "--no-show-signature", *bounds)
        return dict(row.split(" ") for row in listing.decode("ascii").splitlines())

    def _put_manifests(self, records: Iterable[Record]) -> None:
        for commit, sections in self._sections(records).items():
            note = toml.merge(self._text(self._manifests.get(commit)), sections)
            self._manifests.set(commit, self._objects.blob(note.encode()))

    def _waits(self, records: Iterable[Record]) -> bool:
        """Whether a note is so large that rewriting it for this little can wait.

        Else many runs on one commit would cost the square of their number. It is written when more has come, and
        before anything is read or sent.
        """
        if not self._fresh:
            return False
        for commit, sections in self._sections(records).items():
            size = len(self._change.read(self._manifests.get(commit)))
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
        same = sorted(oid for oid in remotes.values() if self._change.tree_of(oid) == tree)
        if same:
            return same[0]
        news = {oid for ref, oid in remotes.items() if merged.get(ref) != oid}
        parents = [tip] if tip else []
        parents += sorted(oid for oid in news if oid != tip and not self._descends(tip, oid))
        if parents == [tip] and self._change.tree_of(tip) == tree:
            return tip
        return self._objects.commit(tree, parents, self._change.who, "Notes written by 'git prov'\n")

    def _descends(self, tip: str, oid: str) -> bool:
        return bool(tip) and self._repo.git.succeeds("merge-base", "--is-ancestor", oid, tip)

    def _is_ours(self, notes: str, remotes: Mapping[str, str]) -> bool:
        """Whether the notes view was last written by `git prov`, here or in another clone."""
        data = self._change.read(notes)
        return notes in remotes.values() or data.partition(b"\n\n")[2] == b"Notes written by 'git prov'\n"

    def _write(self, now: Covered) -> Refreshed:
        self._rows.set_extra(cover.NAME, self._objects.blob(cover.dump(now)))
        if now.notes:
            self._change.move(NOTES, now.notes)
        self._change.move(SUMMARY, self._rows.write(), "tree")
        return Refreshed(bool(self._change.updates()), self._problems)


def _plain(union: "Union") -> list[Record]:
    return [json.loads(stored.raw) for stored in union.stored if stored.is_read]


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
