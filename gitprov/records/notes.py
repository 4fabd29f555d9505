"""The two views of the logs: `refs/notes/prov` for people and plain git, and one line a run for plain `git log`.

Both are made from the union of records and from nothing else. Bringing them up to date costs what is new in the
logs, not what exists: the new records are put into the notes of their own commits. Only where that is not enough (no
view yet, a log that vanished, a view somebody else moved) they are built anew, with the same result.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from gitprov.errors import GitFailed
from gitprov.gitrepo.objects import Signature
from gitprov.gitrepo.read import history
from gitprov.gitrepo.refs import Ref
from gitprov.gitrepo.repo import Repo
from gitprov.model.results import Problem
from gitprov.records import covered
from gitprov.records.change import Change, attempt
from gitprov.records.covered import Covered
from gitprov.records.layout import KEPT, NOTES, REMOTES, SUMMARY, State, parse_log_ref
from gitprov.records.manifests import Manifests, weight
from gitprov.records.summary import Summary
from gitprov.records.trees import Trees

if TYPE_CHECKING:
    from gitprov.records.union import Union

_WORDS = "Notes written by 'git prov'\n"
_COMMITTER = re.compile(r"^committer (.*) ([0-9]{1,12}) ([+-][0-9]{4})$", re.MULTILINE)

Record = Mapping[str, Any]


class Refreshed(NamedTuple):
    """What came of a refresh: whether a view moved, and what was found amiss on the way."""

    moved: bool
    problems: list[Problem]


def refresh(repo: Repo, state: State) -> Refreshed:
    """Bring both views up to the logs. Raises `GitFailed` or `LostRace` where they cannot be written."""
    return attempt(repo, state, lambda change: bring_up(change, state))


def bring_up(change: Change, state: State, *, fresh: Mapping[str, Record] | None = None, head: str = "") -> Refreshed:
    """Put the views as the logs want them into a change that the caller carries out.

    `fresh` are the records that the change itself adds to a log, by commit: for their sake not everything is done at
    once that can wait for a reader. `head` is HEAD's commit where the caller knows it.
    """
    return _Refresh(change, state, fresh or {}, head or change.oid("HEAD")).run()


class _Refresh:
    """Reads what is there, makes the new trees."""

    def __init__(self, change: Change, state: State, fresh: Mapping[str, Record], head: str) -> None:
        self._change = change
        self._repo = change.repo
        self._trees = Trees(state)
        self._fresh = list(fresh.values())
        self._problems: list[Problem] = []
        self._head = head
        self._notes = change.tip(NOTES)
        self._remotes = {ref.name: ref.oid for ref in change.refs() if _is_remote_notes(ref)}
        logs = [ref for ref in change.refs() if ref.kind == "commit" and parse_log_ref(ref.name)]
        self._tips = {ref.name: ref.oid for ref in logs}
        self._stored = {ref.name: oid for ref in logs if (oid := change.stored_tip(ref.name))}

    def run(self) -> Refreshed:
        summary = self._change.tip(SUMMARY)
        was = self._covered(summary)
        if not self._tips and was is None:
            return Refreshed(False, [])
        if was == self._covering(self._notes):
            return Refreshed(False, [])
        if was is not None and not self._only_grew(was):
            self._set_aside_logs(was)
            was = None
        if was is None or was.notes != self._notes or not self._advance(was, summary):
            self._rebuild()
        return Refreshed(bool(self._change.updates()), self._problems)

    def _covered(self, summary: str) -> Covered | None:
        if not summary or not self._trees.exists:
            return None
        found = self._change.read(f"{summary}:{covered.NAME}")
        return covered.parse(found) if found else None

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

    def _set_aside_logs(self, was: Covered) -> None:
        """Keep what a log held before it went back, changed or vanished: nobody may take records away."""
        for ref, old in was.logs.items():
            now = self._stored.get(ref)
            origin = parse_log_ref(ref)
            # What was set aside is a person's to remove; what vanished is not gone where another log has it.
            if old == now or origin is None or ref.startswith(KEPT) or not self._change.oid(old):
                continue
            if not self._would_be_lost(old, [now] if now else self._stored.values()):
                continue
            name = f"{KEPT}log/{origin.writer}/{old[:16]}"
            self._change.move(name, old)
            self._stored[name] = self._tips[name] = old
            what = "was removed" if not now else "is cut off" if self._repo.shallow else "went back or was rewritten"
            self._problems.append(Problem(ref, f"{what}; what it held is kept at {name}", ""))

    def _would_be_lost(self, old: str, kept: Iterable[str]) -> bool:
        """Whether a log held what these do not. One that is not whole cannot be kept, and is a problem of the union."""
        try:
            return bool(history(self._repo, [old], hide=kept))
        except GitFailed:
            return False

    # What the views become

    def _rebuild(self) -> None:
        records = [*self._all_records(), *self._fresh]
        summary = Summary(self._change, self._trees, "", self._fits)
        manifests = Manifests(self._change, "", self._fits)
        self._trees.replace(records)
        summary.add(records)
        summary.add_same_trees(self._head)
        manifests.add(manifests.sections(records))
        tree = manifests.write()
        if self._notes and self._change.tree_of(self._notes) != tree and not self._is_ours(self._notes):
            name = f"{KEPT}notes/{self._notes[:16]}"
            self._change.move(name, self._notes)
            self._problems.append(Problem(NOTES, f"was changed by hand; what it held is kept at {name}", ""))
        notes = self._notes_commit(tree, {})
        self._write(summary, self._covering(notes))

    def _advance(self, was: Covered, root: str) -> bool:
        """Add what is new. Returns false where that is not enough to say what the views become."""
        manifests = Manifests(self._change, self._change.tree_of(was.notes), self._fits)
        try:
            new = self._records(self._stored, was.logs)
            if self._trees.may_hold(new):
                return False  # of two with one id, which one stands is a question for all records
            new += self._fresh
            sections = manifests.sections(new)
            waiting = was.waiting + weight(sections)
            waits = bool(self._fresh) and manifests.can_wait(sections, waiting)
            behind = [] if waits else self._records(was.logs, was.noted)
        except GitFailed:
            return False  # what was covered is not all there any more
        now = self._covering(was.notes)._replace(settled=not self._fresh)
        if waits:
            now = now._replace(noted=was.noted, merged=was.merged, waiting=waiting)
        else:
            manifests.add(sections)
            manifests.add(manifests.sections(behind))
            now = now._replace(notes=self._notes_commit(manifests.write(), was.merged))
        self._write(self._summary_with(new, was, root), now)
        return True

    def _summary_with(self, new: list[Record], was: Covered, root: str) -> Summary:
        summary = Summary(self._change, self._trees, root, self._fits)
        self._trees.add(new)
        summary.add(new)
        if not self._fresh and (new or not was.settled):
            summary.add_same_trees(self._head)
        elif self._head != was.head:
            summary.add_same_trees(self._head, since=was.head)
        return summary

    def _covering(self, notes: str) -> Covered:
        """All that there is, shown by both views, with the notes view at this commit."""
        return Covered(self._tips, self._tips, notes, self._remotes, self._head, waiting=0, settled=True)

    def _all_records(self) -> list[Record]:
        if not self._stored:
            return []  # a clone's first run pays for no reader
        from gitprov.records import union

        return _plain(union.read(self._repo, [Ref(name, oid, "commit") for name, oid in self._stored.items()]))

    def _records(self, tips: Mapping[str, str], seen: Mapping[str, str]) -> list[Record]:
        """The records that stored logs have gained; validated, because others may have written them."""
        if set(tips.values()) <= set(seen.values()):
            return []
        from gitprov.records import union

        return _plain(union.load(self._repo, history(self._repo, tips.values(), hide=seen.values())))

    def _fits(self, commit: str) -> bool:
        """Whether a commit's id is one of this repository's kind: a record may come from one with another format."""
        return len(commit) == len(self._repo.null_oid)

    def _notes_commit(self, tree: str, merged: Mapping[str, str]) -> str:
        """The notes view's commit: a remote's own where it says the same, so that clones agree and rest.

        It descends from every remote's, so that each can take it. `merged` are those that the last one descended from.
        """
        tip, remotes = self._notes, sorted(set(self._remotes.values()))
        same = [oid for oid in remotes if self._change.tree_of(oid) == tree]
        for oid in same:
            if all(self._descends(oid, other) for other in remotes):
                return oid
        news = sorted({oid for ref, oid in self._remotes.items() if merged.get(ref) != oid})
        parents = [*([tip] if tip else []), *(oid for oid in news if not self._descends(tip, oid))]
        if parents == [tip] and self._change.tree_of(tip) == tree:
            return tip
        if same:
            return self._joined(tree, remotes)
        return self._change.objects.commit(tree, parents, self._change.who, _WORDS)

    def _joined(self, tree: str, remotes: list[str]) -> str:
        """What several remotes hold, made one, and nothing added: by every clone in the same words, to the second."""
        tips = [oid for oid in remotes if not any(oid != other and self._descends(other, oid) for other in remotes)]
        heads = (self._change.read(oid).partition(b"\n\n")[0].decode("utf-8", "surrogateescape") for oid in tips)
        said = (_COMMITTER.search(head) for head in heads)
        people = [Signature(found[1], int(found[2]), found[3]) for found in said if found]
        return self._change.objects.commit(tree, tips, max(people, default=self._change.who), _WORDS)

    def _descends(self, tip: str, oid: str) -> bool:
        return tip == oid or (bool(tip) and self._repo.git.succeeds("merge-base", "--is-ancestor", oid, tip))

    def _is_ours(self, notes: str) -> bool:
        """Whether the notes view was last written by `git prov`, here or in another clone."""
        return notes in self._remotes.values() or self._change.read(notes).partition(b"\n\n")[2] == _WORDS.encode()

    def _write(self, summary: Summary, now: Covered) -> None:
        if now.notes:
            self._change.move(NOTES, now.notes)
        self._change.move(SUMMARY, summary.write(covered.NAME, covered.dump(now)), "tree")


def _plain(union: "Union") -> list[Record]:
    return [json.loads(stored.raw, object_hook=_without_null) for stored in union.stored if stored.is_read]


def _without_null(fields: dict[str, Any]) -> dict[str, Any]:
    """What is null says no more than what is left out, and a field that is there can be relied on."""
    return {name: value for name, value in fields.items() if value is not None}


def _is_remote_notes(ref: Ref) -> bool:
    return ref.name.startswith(REMOTES) and ref.name.endswith("/notes/prov") and ref.kind == "commit"
