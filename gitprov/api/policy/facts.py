"""Answers that rules ask for and that cost something: each is worked out once, and only when a rule asks."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Final, Self

from gitprov.api.policy.changes import CI, Change, Changed, against_all
from gitprov.api.policy.contents import Contents, is_stand_in
from gitprov.api.policy.known import Known
from gitprov.api.policy.matching import is_named, matcher
from gitprov.api.policy.origins import Origin, Origins
from gitprov.api.session import Session
from gitprov.gitrepo import changes as git
from gitprov.gitrepo.blobs import Trees
from gitprov.gitrepo.process import raw
from gitprov.model.policy import Policy
from gitprov.model.text import quote

_MANY: Final = 5000
"""Paths; where a change has more, all records are read."""


class Facts:
    """What there is to know of one change."""

    def __init__(self, session: Session, change: Change, known: Known, policy: Policy) -> None:
        self.session = session
        self.change = change
        self.known = known
        self.policy = policy
        self._contents = Contents(session)
        self._origins = Origins(session.repo, known, self._contents)
        self._trees = Trees(session.repo)
        known.only_about(self._recorded_paths)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._contents.close()
        self._origins.close()

    def results(self, patterns: Iterable[str], tags: Iterable[str] = ()) -> Iterator[Changed]:
        """Yield the files that come with the change and that the patterns are about; all of them for a tag so named.

        A file that was only renamed among those that the patterns are about is as it was.
        """
        is_about = matcher(patterns)
        every = self.all_files if self.change.tag and is_named(self.change.tag, tags) else self.change.paths
        for one in every:
            if one.is_file and is_about(one.path) and not any(map(is_about, one.was)):
                yield one

    @cached_property
    def all_files(self) -> tuple[Changed, ...]:
        """Every file that there is after the change."""
        repo = self.session.repo
        tree = git.between(repo, git.empty_tree(repo), self.change.tree or "HEAD")
        return tuple(Changed(one.path, "", one.new, one.mode) for one in tree)

    def origin(self, one: Changed) -> Origin:
        """Return which runs made a file.

        In CI nobody's own records are at hand: raises `ProvError` where none were fetched, and blames nobody.
        """
        if self.change.stage == CI:
            self.known.insist()
        found = self._origins.of(one, self._names(one))
        if found.unsure:
            self.cannot_tell()
        return found

    def cannot_tell(self) -> None:
        """Note that something is not here that the data refs may hold. Raises as `origin` does."""
        if self.change.stage == CI:
            self.known.insist_on_data()

    def entry(self, path: str) -> str:
        """Return the blob at a path after the change; "" where there is none."""
        if self.change.tree:
            return self._trees.entry(self._tree, raw(path))
        return self._index.get(path, ("", ""))[1]

    def digests(self, path: str, blob: str, mode: str = "100644") -> Iterator[str]:
        """Give every digest that a run may have recorded for a blob at a path."""
        return self._contents.digests(path, mode, blob)

    def is_pointer(self, mode: str, blob: str) -> bool:
        """Whether a blob stands for bytes that another tool keeps."""
        return self._contents.pointer(mode, blob) is not None

    def sizes(self, blobs: Iterable[str]) -> dict[str, int]:
        """Return the sizes of blobs in bytes."""
        return git.blob_sizes(self.session.repo, blobs)

    @cached_property
    def history(self) -> Mapping[str, tuple[Changed, ...]]:
        """What each commit of the change changed by itself, the oldest first."""
        repo = self.session.repo
        found = git.by_commit(repo, self.change.commits)
        return {commit: against_all(repo, [found[commit]]) for commit in self.change.commits}

    def _names(self, one: Changed) -> Iterator[str]:
        """The path of a file, and those that it had before: where it went from, here or on the way."""
        yield one.path
        yield from one.was
        if out := self._contents.out(one.path, one.mode, one.new):
            yield out.path
        for path in self._held.get(one.new, ()) if self.change.commits else ():
            if path != one.path and path not in one.was and self.entry(path) != one.new:
                yield path

    def _recorded_paths(self) -> Collection[str] | None:
        """The paths under which records may speak of the change, and all that they are in; `None` for any."""
        if self.change.tag:
            return None  # it may be judged by all that it holds
        every = [*self.change.paths, *(one for changes in self.history.values() for one in changes)]
        names = {name for one in every for name in (one.path, *one.was)}
        if len(names) > _MANY or any(map(is_stand_in, names)):
            return None
        found = {"."}
        for whole in map(raw, names):
            found.add(quote(whole))
            found.update(quote(whole[:end]) for end, byte in enumerate(whole) if byte == ord("/"))
        return found

    @cached_property
    def _held(self) -> Mapping[str, list[str]]:
        """The paths that blobs stood at on the way, by blob."""
        found: dict[str, dict[str, None]] = {}
        for changes in self.history.values():
            for one in changes:
                if one.new:
                    found.setdefault(one.new, {})[one.path] = None
        return {blob: list(paths) for blob, paths in found.items()}

    @cached_property
    def _index(self) -> Mapping[str, tuple[str, str]]:
        return git.index_entries(self.session.repo)

    @cached_property
    def _tree(self) -> str:
        return self.session.repo.git.line("rev-parse", f"{self.change.tree}^{{tree}}")
