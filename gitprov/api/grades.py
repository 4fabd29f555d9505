"""Which runs speak for which commits, worked out from content: no rewriting of history can take it away.

A run belongs to the exact commit it ran on. Other commits it speaks for because they have its tree, the files it
read, its patch, or because a `link` leads there: see "What belongs to a commit" in `docs/spec/`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from gitprov.artifacts.hashing import digest_bytes
from gitprov.gitrepo.blobs import Trees, listing, parse_listing
from gitprov.gitrepo.log import LogCommit
from gitprov.model.answers import CommitRuns
from gitprov.model.records import Link, Run
from gitprov.model.results import GRADES, Graded
from gitprov.model.run import Code
from gitprov.model.stamp import order
from gitprov.model.stored import Stored
from gitprov.model.text import unquote

EXAMINED: Final = 2000
"""The most commits whose files or patches are looked into; the cheaper grades are found on any number."""

_GIT: Final = "git:"
Index = Mapping[str, list[str]]


class _Ran(NamedTuple):
    """A run and the code it ran on."""

    id: str
    code: Code
    run: Run


class Grader:
    """Grades commits by what a set of records says."""

    def __init__(
        self,
        records: Iterable[Stored],
        trees: Trees,
        patches: Callable[[list[str]], Mapping[str, str]],
        attachments: Callable[[list[str]], Mapping[str, bytes]],
    ) -> None:
        stored = sorted(records, key=lambda one: order(one.at, one.id), reverse=True)
        self._place = {one.id: place for place, one in enumerate(stored)}
        runs = (one.record for one in stored if isinstance(one.record, Run))
        self._ran = [_Ran(run.id, run.code, run) for run in runs if run.code is not None]
        self._by_commit = self._index(lambda code: code.commit)
        self._by_tree = self._index(lambda code: code.tree)
        self._by_base = self._index(lambda code: code.base)
        self._by_files = self._index(lambda code: code.files)
        self._by_patch = self._index(lambda code: code.patch_id)
        self._came_from = _links(one.record for one in stored if isinstance(one.record, Link))
        self._trees = trees
        self._patches = patches
        self._attachments = attachments

    def grade(self, commits: Sequence[LogCommit]) -> list[CommitRuns]:
        """Return the runs of each commit, strongest grade first, the newest first within a grade."""
        found: dict[str, dict[str, str]] = {commit.oid: {} for commit in commits}
        for commit in commits:
            of_this = found[commit.oid]
            _note(of_this, self._by_commit.get(commit.oid, ()), "exact")
            _note(of_this, self._by_tree.get(commit.tree, ()), "same-tree")
        self._note_same_code(commits[:EXAMINED], found)
        for commit in commits:
            for old in self._ancestry(commit.oid):
                _note(found[commit.oid], self._by_commit.get(old, ()), "linked")
        self._note_same_patch(commits[:EXAMINED], found)
        return [self._answer(commit.oid, found[commit.oid]) for commit in commits]

    def known_commits(self) -> set[str]:
        """Return every commit that a run names: those it ran on, and those it had uncommitted changes to."""
        return {*self._by_commit, *self._by_base}

    def _answer(self, commit: str, grades: Mapping[str, str]) -> CommitRuns:
        by_strength = sorted(grades, key=lambda run: (GRADES.index(grades[run]), self._place[run]))
        uncommitted = (run for run in self._by_base.get(commit, ()) if run not in grades)
        return CommitRuns(commit, tuple(Graded(run, grades[run]) for run in by_strength), tuple(uncommitted))

    def _index(self, key: Callable[[Code], str | None]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for ran in self._ran:
            if value := key(ran.code):
                found.setdefault(value, []).append(ran.id)
        return found

    def _note_same_code(self, commits: Sequence[LogCommit], found: Mapping[str, dict[str, str]]) -> None:
        """Each set of files is held against each tree once; one run that names all of them speaks for the others.

        Of a great many sets most differ in any one file, so a tree's own blob leads to the few that may fit.
        """
        by_file: dict[bytes, dict[str, list[str]]] = {}
        sets = self._files_read()
        for digest, read in sets.items():
            path, oid = max(read.items())
            by_file.setdefault(path, {}).setdefault(oid, []).append(digest)
        for commit in commits:
            for path, by_oid in by_file.items():
                for digest in by_oid.get(self._trees.entry(commit.tree, path), ()):
                    if self._trees.holds(commit.tree, sets[digest]):
                        _note(found[commit.oid], self._by_files[digest], "same-code")

    def _files_read(self) -> dict[str, dict[bytes, str]]:
        """The tracked files of each `code.files`: as the runs' inputs name them, else from the listing kept for it."""
        sets = {files: read for ran in self._ran if (files := ran.code.files) and (read := files_read(ran.run))}
        for digest, content in self._attachments([files for files in self._by_files if files not in sets]).items():
            if digest_bytes(content) == digest and (blobs := parse_listing(content)):
                sets[digest] = blobs
        return sets

    def _note_same_patch(self, commits: Sequence[LogCommit], found: Mapping[str, dict[str, str]]) -> None:
        """Patches are worked out only where a run is left that nothing else attaches to any of the commits."""
        attached = {run for grades in found.values() for run in grades}
        if all(attached.issuperset(runs) for runs in self._by_patch.values()):
            return
        for commit, patch in self._patches([commit.oid for commit in commits]).items():
            if patch:
                _note(found[commit], self._by_patch.get(patch, ()), "same-patch")

    def _ancestry(self, commit: str) -> list[str]:
        """What a commit was before it was rewritten, however often; the commit itself left out."""
        found: dict[str, None] = {}
        waiting = list(self._came_from.get(commit, ()))
        while waiting:
            old = waiting.pop()
            if old not in found and old != commit:
                found[old] = None
                waiting += self._came_from.get(old, ())
        return list(found)


def files_read(run: Run) -> dict[bytes, str]:
    """Return the blob of each tracked file that a run read, by path; empty unless the record names all of them."""
    if run.code is None or run.code.files is None:
        return {}
    tracked = (item for item in run.input if item.digest and item.digest.startswith(_GIT) and not item.absolute)
    blobs = {unquote(item.path): (item.digest or "").removeprefix(_GIT) for item in tracked}
    return blobs if digest_bytes(listing(blobs)) == run.code.files else {}


def _note(grades: dict[str, str], runs: Iterable[str], grade: str) -> None:
    for run in runs:
        grades.setdefault(run, grade)


def _links(links: Iterable[Link]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for link in links:
        for pair in link.pair:
            found.setdefault(pair.new, []).append(pair.old)
    return found
