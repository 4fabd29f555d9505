"""A run and what came of running it again, held against each other: both records, and bytes as far as they are here."""

import os
from collections.abc import Iterable, Mapping
from typing import Any, Final

from gitprov.api.data.catalog import OUTPUT, Use
from gitprov.api.data.meter import Meter
from gitprov.api.data.place import Place as DataPlace
from gitprov.api.data.sources import Sources
from gitprov.api.reproduce.proposing import Prepared
from gitprov.api.reproduce.running import Rerun
from gitprov.api.reproduce.spans import own_span, recorded_span
from gitprov.artifacts import listing
from gitprov.artifacts.hashing import digest_file
from gitprov.errors import InvalidRecord, ProvError
from gitprov.gitrepo.blobs import parse_listing
from gitprov.model.text import quote, unquote
from gitprov.records import attachments
from gitprov.replay.compare.differences import differences
from gitprov.replay.compare.metrics import compare_metrics
from gitprov.replay.compare.outputs import Side, compare_outputs
from gitprov.replay.compare.places import ENVIRONMENT, HOME, REPOSITORY, prefix_of
from gitprov.replay.compare.surroundings import ran_python
from gitprov.replay.environment.difference import both
from gitprov.replay.environment.lock import Lock, read
from gitprov.replay.place.making import Place
from gitprov.replay.verdict import Verdict, judge

_MOST: Final = 1 << 30
"""Bytes of recorded outputs that are fetched to be compared by what they are."""

Record = Mapping[str, Any]


def compared(data: DataPlace, place: Place, prepared: Prepared, rerun: Rerun, same_path: str = "") -> Verdict:
    """Return the verdict on a run that was made again in `place`, which still has what it wrote.

    `same_path` is where the command saw its place, as the recorded one had seen the repository.
    """
    recorded, tolerances = prepared.record, prepared.tolerances
    new = rerun.record
    home = data.session.environ.get("HOME", "")
    before = _Recorded(data, place.scratch, recorded)
    mine = Side(
        recorded.get("output") or (),
        before.find,
        before.listing,
        _places(recorded, (same_path, data.session.repo.worktree), home),
        recorded_span(recorded),
    )
    after = _New(place.worktree, rerun)
    places = _places(new, (same_path, place.worktree), home)
    its = Side(new.get("output") or (), after.find, after.listing, places, own_span(new))
    return judge(
        recorded,
        new,
        outputs=compare_outputs(mine, its, tolerances),
        metrics=compare_metrics(recorded, new, tolerances),
        differences=differences(recorded, new, _packages(data, recorded, rerun), _code(data, recorded, rerun)),
    )


def _places(run: Record, tops: Iterable[str | None], home: str) -> tuple[tuple[str, str], ...]:
    """Return the paths that are a run's own: of its repository, of its home, of the Python environment it was in."""
    environment = prefix_of(str((run.get("environment") or {}).get("interpreter", "")), home)
    told = (*((top, REPOSITORY) for top in tops), (environment, ENVIRONMENT), (home, HOME))
    return tuple((path, token) for path, token in told if path)


class _New:
    """The bytes of the run that was made now: they lie where it wrote them."""

    def __init__(self, worktree: str, rerun: Rerun) -> None:
        self._worktree = worktree
        self._rerun = rerun

    def find(self, path: str, _digest: str) -> str | None:
        return os.path.join(self._worktree, os.fsdecode(unquote(path)))

    def listing(self, digest: str) -> Mapping[str, str] | None:
        try:
            return {quote(path): entry.digest for path, entry in listing.walk(digest, self._rerun.listings.__getitem__)}
        except (KeyError, InvalidRecord):
            return None


class _Recorded:
    """The bytes of the run that was recorded: they may be in the working tree, the store, or on a remote."""

    def __init__(self, data: DataPlace, scratch: str, recorded: Record) -> None:
        self._data = data
        self._scratch = scratch
        self._recorded = recorded
        self._sizes = {
            entry["digest"]: entry.get("size") or 0 for entry in recorded.get("output") or () if "digest" in entry
        }
        self._sources = Sources(data, "", Meter(None, 0))

    def find(self, path: str, digest: str) -> str | None:
        """Return where a file is that has the recorded bytes; None where none is found."""
        if not digest:
            return None
        return self._in_worktree(path, digest) or self._gathered(path, digest)

    def listing(self, digest: str) -> Mapping[str, str] | None:
        """Return the digests of a recorded directory's files."""
        try:
            found = list(listing.walk(digest, self._data.read))
        except (ProvError, ValueError):
            return None
        self._sizes.update((entry.digest, entry.size) for _, entry in found)
        return {quote(path): entry.digest for path, entry in found}

    def _in_worktree(self, path: str, digest: str) -> str | None:
        if self._data.session.repo.worktree is None:
            return None
        file = os.fsdecode(self._data.file_of(unquote(path)))
        try:
            return file if digest.startswith("b3:") and digest_file(file).digest == digest else None
        except (OSError, ProvError):
            return None

    def _gathered(self, path: str, digest: str) -> str | None:
        size = self._sizes.get(digest, 0)
        if size > _MOST or not digest.startswith("b3:"):
            return None
        use = Use(path, digest, size, 1, str(self._recorded.get("at", "")), OUTPUT, str(self._recorded["id"]))
        target = os.path.join(self._scratch, digest.partition(":")[2])
        try:
            self._sources.gather({digest: size}, [use])
            if not self._sources.has(digest):
                return None
            if not os.path.exists(target):
                handle = os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
                try:
                    self._sources.write(digest, handle)
                finally:
                    os.close(handle)
        except (ProvError, OSError):
            return None
        return target


Both = tuple[dict[str, str], dict[str, str]]


def _packages(data: DataPlace, recorded: Record, rerun: Rerun) -> Both:
    """Return each distribution in both locks and which it is, as far as they are at hand; none where no Python ran."""
    if not ran_python(recorded.get("environment") or {}):
        return {}, {}
    before, after = (str((one.get("environment") or {}).get("digest", "")) for one in (recorded, rerun.record))
    found = _attached(data, rerun, (before, after))
    return both(_lock(found.get(before)), _lock(found.get(after)))


def _lock(content: bytes | None) -> Lock:
    try:
        return read(content) if content else Lock()
    except InvalidRecord:
        return Lock()


def _code(data: DataPlace, recorded: Record, rerun: Rerun) -> Both:
    """Return the blob of each file of the code that the two runs read, as far as that is at hand."""
    before, after = (str((one.get("code") or {}).get("files", "")) for one in (recorded, rerun.record))
    found = _attached(data, rerun, {before, after} if before != after else ())
    return _blobs(found.get(before)), _blobs(found.get(after))


def _blobs(content: bytes | None) -> dict[str, str]:
    return {quote(path): f"git:{oid}" for path, oid in parse_listing(content or b"").items()}


def _attached(data: DataPlace, rerun: Rerun, digests: Iterable[str]) -> dict[str, bytes]:
    """Return attachments of either run by digest; those of the rerun are not stored yet."""
    wanted = {digest for digest in digests if digest.startswith("b3:")}
    found = {digest: rerun.listings[digest] for digest in wanted if digest in rerun.listings}
    return attachments.read(data.session.repo, [*(wanted - found.keys())]) | found
