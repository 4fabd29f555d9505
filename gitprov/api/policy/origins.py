"""Which runs made a file.

A run made it when it is recorded to have made, at that path or at one that the file had before it was renamed, a file
with those bytes. It has to have ended well and not to have been retracted: what a run that failed left behind may be
half a file. A run that only reproduced another speaks for nothing.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

from gitprov.api.policy.changes import Changed
from gitprov.api.policy.contents import Contents, Unknown
from gitprov.api.policy.known import Known, Output
from gitprov.artifacts import listing
from gitprov.errors import NotFound, ProvError
from gitprov.gitrepo.process import raw
from gitprov.gitrepo.repo import Repo
from gitprov.model.ids import ABBREV
from gitprov.model.records import Run
from gitprov.model.text import quote
from gitprov.records.attachments import Listings

_NOT_WELL: Final = {"failed": "failed", "killed": "was killed", "lost": "was not seen to end"}
_KEPT: Final = 1024
"""Listings that are kept in memory."""


class Origin(NamedTuple):
    """Where a file comes from."""

    made: tuple[Output, ...] = ()
    """What counts: outputs with these bytes, of the newest run first."""
    spoiled: tuple[tuple[Output, str], ...] = ()
    """What does not count, and why: `failed`, `was retracted`."""
    last: Output | None = None
    """What the newest run that wrote at that path made there, whatever it was."""
    unsure: Unknown | None = None
    """Why it cannot be told; `None` where it can."""

    @property
    def run(self) -> Run | None:
        """The newest run that made it."""
        return self.made[0].run if self.made else None


class _Candidate(NamedTuple):
    """Something that a run made and that a file may be; `below` is the file's path in it, where it is a directory."""

    output: Output
    below: bytes


class Origins:
    """Finds the runs that made files, by what all records say."""

    def __init__(self, repo: Repo, known: Known, contents: Contents) -> None:
        self._repo = repo
        self._known = known
        self._contents = contents
        self._found: dict[tuple[str, str], Origin] = {}

    def of(self, one: Changed, names: Iterable[str]) -> Origin:
        """Return where a file comes from that had these names, its path among them."""
        key = one.path, one.new
        if key not in self._found:
            candidates = [found for name in names for found in self._at(name)]
            self._found[key] = self._origin(one, candidates) if candidates else Origin()
        return self._found[key]

    def close(self) -> None:
        """Let go of git."""
        if "_listings" in self.__dict__:
            self._listings.close()

    def _at(self, path: str) -> list[_Candidate]:
        """What runs made at a path, and the directories above it that they made; of the newest run first."""
        outputs, whole = self._known.outputs, raw(path)
        found = [_Candidate(output, b"") for output in outputs.get(quote(path), ())]
        for end in (at for at, byte in enumerate(whole) if byte == ord("/")):
            found += [_Candidate(output, whole[end + 1 :]) for output in outputs.get(quote(whole[:end]), ())]
        found += [_Candidate(output, whole) for output in outputs.get(".", ())]
        return sorted(found, key=lambda one: (one.output.run.moment, one.output.run.id), reverse=True)

    def _origin(self, one: Changed, candidates: Sequence[_Candidate]) -> Origin:
        search = _Search(self._entry_below, self._spoiled)
        last = candidates[0].output
        for digest in self._contents.digests(one.path, one.mode, one.new):
            if found := search.with_digest(candidates, digest):
                return self._sorted_out(found, last)
        return Origin(last=last, unsure=search.unsure or self._contents.unknown.get(one.new))

    def _sorted_out(self, found: list[Output], last: Output) -> Origin:
        reasons = [(output, self._spoiled(output.run)) for output in found]
        made = tuple(output for output, why in reasons if not why)
        return Origin(made, tuple((output, why) for output, why in reasons if why), last)

    def _spoiled(self, run: Run) -> str:
        """Why what a run made does not count; "" where it does."""
        return "was retracted" if run.id in self._known.retractions else _NOT_WELL.get(run.status, "")

    def _entry_below(self, digest: str, below: bytes) -> str:
        """The digest of a file below a recorded directory; "" where it has none. Raises `ProvError`."""
        entry = listing.find(digest, below, self._read_listing)
        return entry.digest if entry and entry.mode != "dir" else ""

    @cached_property
    def _read_listing(self) -> listing.Read:
        return lru_cache(maxsize=_KEPT)(self._listings)

    @cached_property
    def _listings(self) -> Listings:
        return Listings(self._repo)


class _Search:
    """Looks for a digest among what runs made; the listings of directories are opened only until one counts."""

    def __init__(self, entry_below: Callable[[str, bytes], str], spoiled: Callable[[Run], str]) -> None:
        self._entry_below = entry_below
        self._spoiled = spoiled
        self._entries: dict[tuple[str, bytes], str] = {}
        self.unsure: Unknown | None = None

    def with_digest(self, candidates: Iterable[_Candidate], digest: str) -> list[Output]:
        found: list[Output] = []
        counts = False
        for one in candidates:
            recorded = one.output.item.digest or ""
            if one.below:
                recorded = "" if counts else self._below(one, recorded)
            if recorded == digest:
                found.append(one.output)
                counts = counts or not self._spoiled(one.output.run)
        return found

    def _below(self, one: _Candidate, recorded: str) -> str:
        """The digest of a file in a recorded directory; "" where there is none, or its listing is not here."""
        key = recorded, one.below
        if key not in self._entries:
            self._entries[key] = self._opened(one, recorded) if recorded else ""
        return self._entries[key]

    def _opened(self, one: _Candidate, recorded: str) -> str:
        try:
            return self._entry_below(recorded, one.below)
        except NotFound:
            output = one.output
            reason = f"the listing of {output.item.path}, which run {output.run.id[:ABBREV]} made, is not here"
            self.unsure = Unknown(reason, "fetch it: git prov sync")
        except ProvError as error:
            self.unsure = Unknown(error.message, error.hint)
        return ""
