"""Adding data: its digest and listings into the data refs, its bytes into the store."""

import os
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from gitprov.api.data import paths
from gitprov.api.data.claims import Claims, claims_of, describe_address, words_of
from gitprov.api.data.clustered import clustered
from gitprov.api.data.deposited import Deposited
from gitprov.api.data.meter import Meter, weigh
from gitprov.api.data.paths import Found
from gitprov.api.data.place import Place
from gitprov.api.data.refusals import is_doubtful, refuse_unread, refused_later
from gitprov.api.data.saying import said_now
from gitprov.api.data.storing import scan_cache
from gitprov.api.options import Progress
from gitprov.api.session import Session
from gitprov.artifacts import listing
from gitprov.artifacts.hashing import digest_bytes
from gitprov.artifacts.scan import Scanned, one, scan
from gitprov.artifacts.scan.workers import Hire
from gitprov.artifacts.store import Keeper
from gitprov.errors import NotFound, UsageError
from gitprov.model.data import Added, Answer
from gitprov.model.results import Problem
from gitprov.records import writer
from gitprov.records.deposit import Deposit, depositing
from gitprov.records.writer import Addition

if TYPE_CHECKING:
    from gitprov.artifacts.beyond import Cluster


class AddOptions(NamedTuple):
    """What a person may ask of `git prov data add`."""

    paths: Sequence[str]
    keep: bool = True
    profile: bool = False
    licence: str = ""
    owner: str = ""
    note: str = ""
    url: str = ""
    scheduler: str = ""
    """The address of a Dask cluster that reads the files; "" to read them here."""

    def said(self) -> dict[str, str]:
        """Return what is said of the data besides what is found out."""
        return {name: value for name in ("licence", "owner", "note") if (value := getattr(self, name))}


def add(session: Session, options: AddOptions, progress: Progress | None = None) -> Answer[Added]:
    """Add paths, all or none. Raises `ProvError` for a path that cannot be added, or where git cannot write."""
    if options.url and len(options.paths) != 1:
        raise UsageError("--url is the address of one file", hint="name one PATH with it")
    with Place(session) as place:
        wanted = [_find(place, text, options.url) for text in options.paths]
        if options.url and wanted[0].kind != "file":
            raise UsageError("--url is the address of one file", hint=f"{wanted[0].path} is a directory")
        meter = Meter(progress, weigh([found.file for found in wanted]) if progress else 0)
        with clustered(place, options.scheduler, [found.file for found in wanted], fills=options.keep) as cluster:
            additions = [_Addition(place, options, found, meter, cluster) for found in wanted]
            with depositing(session.repo, session.state) as listings:
                for addition in additions:
                    addition.scan(listings)
            # what is said of files inside a directory needs its listings, which git can read by now
            with depositing(session.repo, session.state) as statements, Deposited(place, listings.stored) as read:
                added = [addition.state(statements, read) for addition in additions]
        if stored := {**listings.stored, **statements.stored}:
            writer.append(session.repo, session.state, Addition(stored=stored))
        notes = [warning for found in wanted if (warning := paths.warning(place, found))]
        return Answer(added, place.problems, notes)


def _find(place: Place, text: str, url: str) -> Found:
    try:
        return paths.find(place, text)
    except NotFound as error:
        if not url:
            raise
        raise NotFound(error.message, hint="download it there first: what it is now is compared with it here") from None


class _Addition:
    """One path being added."""

    def __init__(
        self, place: Place, options: AddOptions, found: Found, meter: Meter, cluster: "Cluster | None"
    ) -> None:
        self._place = place
        self._options = options
        self._found = found
        self._meter = meter
        self._cluster = cluster
        self._keep = options.keep and not options.url
        self._claims = Claims([], {}, []) if options.url else claims_of(place, found)
        self._has_links = False
        self._is_doubtful = False
        self._grown = False
        self._scanned = Scanned("", 0, 0)
        place.problems += self._claims.problems

    def scan(self, deposit: Deposit) -> None:
        """Take the digest and the listings, and keep the bytes unless other tools have some of them."""
        store = self._place.store
        if not self._keep or self._claims.by_path:
            self._scanned = self._scan(deposit, None)
        else:
            before = store.stats().objects
            with store.keeper() as keeper:
                self._scanned = self._scan(deposit, keeper)
            self._grown = store.stats().objects > before
        refuse_unread(self._found.path, self._scanned)
        self._place.problems += [
            Problem(f"{self._found.path}/{one.path}", one.reason, "") for one in self._scanned.skipped
        ]

    def state(self, deposit: Deposit, read: listing.Read) -> Added:
        """Say what was found, as far as it is news."""
        found, scanned, claims = self._found, self._scanned, self._claims
        if self._has_links:
            self._attach_links(deposit, read)
        is_searched = found.kind == "directory" and (self._is_doubtful or bool(scanned.remarks))
        self._place.problems += refused_later(found.path, scanned.digest if is_searched else "", read, self._link)
        if self._keep and claims.by_path:
            self._keep_unclaimed(read)
        said = self._say(deposit, read)
        if self._options.profile:
            from gitprov.api.data.tables import attach_profiles  # few ask for it, and it brings much along

            said |= attach_profiles(self._place, deposit, found, scanned.digest, read)
        address = (self._options.url,) if self._options.url else ()
        everywhere = bool(claims.by_path) and len(claims.by_path) >= scanned.files
        return Added(
            found.path,
            scanned.digest,
            scanned.size,
            scanned.files,
            found.kind,
            news=said or self._grown,
            kept=self._keep and not everywhere,
            locations=words_of([one for places in claims.by_path.values() for one in places]) + address,
        )

    def _scan(self, deposit: Deposit, keeper: Keeper | None) -> Scanned:
        place, file = self._place, self._found.file
        if self._found.kind == "file":
            return self._scan_file(keeper)

        def sink(digest: str, data: bytes) -> None:
            self._has_links = self._has_links or data.startswith(b"link ") or b"\nlink " in data
            self._is_doubtful = self._is_doubtful or is_doubtful(data)
            deposit.attachment(digest, data)

        cache, known, missing = scan_cache(place.session), place.listings.__contains__, place.store.missing
        return scan(
            file,
            cache=cache,
            sink=sink,
            known=known,
            keep=keeper,
            missing=missing,
            tell=self._meter,
            workers=self._workers(keeper),
        )

    def _workers(self, keeper: Keeper | None) -> Hire | None:
        """Who reads; None for processes of this machine."""
        if not self._cluster:
            return None
        from gitprov.artifacts.beyond.reading import hired

        return hired(self._cluster, self._place.store if keeper else None)

    def _scan_file(self, keeper: Keeper | None) -> Scanned:
        """Read a file once; one that was added before perhaps not at all."""
        place, found = self._place, self._found
        if self._cluster:
            from gitprov.artifacts.beyond.reading import read_one

            return read_one(self._cluster, found.file, place.store if keeper else None, self._meter)
        cache = scan_cache(place.session)
        if keeper and found.path not in place.last_added:
            return one(found.file, cache=cache, keep=keeper, tell=self._meter)
        scanned = one(found.file, cache=cache, tell=self._meter)
        if keeper and not place.store.has(scanned.digest):
            keeper.keep_file(scanned.digest, found.file)
        return scanned

    def _attach_links(self, deposit: Deposit, read: listing.Read) -> None:
        """Let the texts of links travel with the listings: they are part of what the directory is."""
        for path, entry in listing.walk(self._scanned.digest, read):
            if entry.mode == "link":
                with suppress(OSError):
                    text = self._link(path)
                    if digest_bytes(text) == entry.digest:
                        deposit.attachment(entry.digest, text)

    def _link(self, path: bytes) -> bytes:
        return os.readlink(os.path.join(self._found.file, path))

    def _keep_unclaimed(self, read: listing.Read) -> None:
        """Keep the files of a directory that no other tool has."""
        if self._found.kind == "file":
            return
        files = (
            (entry.digest, entry.size, os.path.join(self._found.file, path))
            for path, entry in listing.walk(self._scanned.digest, read)
            if entry.mode != "link" and path not in self._claims.by_path
        )
        if self._cluster:
            from gitprov.artifacts.beyond import keeping

            keeping.keep_all(self._cluster, self._place.store, (keeping.File(*one) for one in files))
            return
        with self._place.store.keeper() as keeper:
            for digest, _, file in files:
                keeper.keep_file(digest, file)

    def _say(self, deposit: Deposit, read: listing.Read) -> bool:
        """State what was found, unless that is known; tell whether anything was stated."""
        place, found, scanned, url = self._place, self._found, self._scanned, self._options.url
        is_directory = found.kind == "directory"
        at = [describe_address(place, url, scanned.size)] if url else self._claims.locations
        fields: dict[str, Any] = {"path": found.path, "kind": found.kind, "size": scanned.size, **self._options.said()}
        if is_directory:
            fields["files"] = scanned.files
        said = said_now(place, deposit, scanned.digest, fields, at)
        for path, claimed in self._claims.by_path.items() if is_directory else ():
            if entry := listing.find(scanned.digest, path, read):
                said |= said_now(place, deposit, entry.digest, {"kind": "file", "size": entry.size}, claimed)
        return said
