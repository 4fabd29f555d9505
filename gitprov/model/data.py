"""What the verbs of `git prov data` answer with: plain values that `views` turns into text and JSON."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Generic, NamedTuple, TypeVar

from gitprov.model.results import Problem

T = TypeVar("T")

SAME: Final = "same"
CHANGED: Final = "changed"
MISSING: Final = "missing"
NEW: Final = "new"
UNREADABLE: Final = "unreadable"
FETCHED: Final = "fetched"


class Added(NamedTuple):
    """One path that was added."""

    path: str
    digest: str
    size: int
    files: int
    kind: str
    """`file` or `directory`."""
    news: bool
    """Whether anything was learnt; false where the same was added before."""
    kept: bool
    """Whether the bytes are in the store."""
    locations: tuple[str, ...] = ()
    """Where else they are, in words: `git lfs`, `dvc`."""


class Rows(NamedTuple):
    """How the lines of a table differ, whatever their order."""

    added: int
    removed: int


class Change(NamedTuple):
    """One file of a directory that is not as it was: `changed`, `missing`, `new` or `unreadable`."""

    path: str
    state: str
    rows: Rows | None = None


class Compared(NamedTuple):
    """One path of the working tree beside what is recorded of it."""

    path: str
    state: str
    """`same`, `changed`, `missing`, `new` or `unreadable`."""
    digest: str = ""
    """What is recorded; "" for what is new."""
    now: str = ""
    """What is there; "" where nothing is."""
    size: int = 0
    """Bytes: of what is there, or, where nothing is, of what is recorded."""
    source: str = ""
    """The run that used it last, by id, or `added`."""
    at: str = ""
    changes: tuple[Change, ...] = ()
    """What differs inside a directory, or the rows of a file; the first of them."""
    counts: Mapping[str, int] = {}
    """How many files of a directory are in each of these states."""


class Fetched(NamedTuple):
    """One path that was asked for: the `same` as there was already, `fetched`, or `missing` (nothing was written).

    Of what is `fetched` in part, `missing` and `left_out` name the rest.
    """

    path: str
    state: str
    digest: str
    size: int = 0
    files: int = 0
    sources: tuple[str, ...] = ()
    """Where its bytes came from: `working tree`, `store`, `git`, `remote NAME`, `git lfs` ..."""
    reason: str = ""
    """For what is missing: how many files, and where they were last seen."""
    missing: tuple[str, ...] = ()
    """The files that were found nowhere."""
    left_out: tuple[tuple[str, str], ...] = ()
    """What may not be written here, each as path and reason."""


class Pushed(NamedTuple):
    """What became of a push."""

    remote: str
    url: str
    sent: int
    """Files of bytes."""
    size: int
    """Bytes of these files."""
    had: int
    """Files that the remote had before."""
    missing: tuple[Fetched, ...] = ()
    """What could not be sent because it is nowhere here."""
    held: int = 0
    """Files that the policy holds back from the remote."""


class Wrong(NamedTuple):
    """Bytes that are not what they should be: their digest ("" where it is not known), where they are, and why."""

    digest: str
    place: str
    reason: str
    path: str = ""
    """What they belong to, where that is known."""


class Absent(NamedTuple):
    """Bytes that are not there, and the path they belong to."""

    digest: str
    path: str


class Verified(NamedTuple):
    """What was read again: how many files and bytes were sound, and what was not."""

    where: str
    files: int | None
    """Sound files; None where they were not counted."""
    size: int
    damages: tuple[Wrong, ...]
    missing: tuple[Absent, ...] = ()


class Pointed(NamedTuple):
    """One digest, and what is known of it."""

    digest: str
    paths: tuple[str, ...]
    size: int
    files: int
    kind: str
    at: str
    copies: tuple[str, ...]
    """Where copies are, in words: `here` for the store of this clone, data remotes by their names."""
    licence: str = ""
    owner: str = ""
    note: str = ""
    profile: str = ""
    by: str = ""
    location: tuple[Mapping[str, Any], ...] = ()
    """The same as statements have them."""


class Held(NamedTuple):
    """One place that takes room: the store, a remote, git's objects."""

    place: str
    files: int
    size: int
    detail: str = ""


class Moved(NamedTuple):
    """Copies that are at another address now: how many digests, or the data remote whose address it was."""

    old: str
    new: str
    digests: int
    remote: str = ""


class Answer(NamedTuple, Generic[T]):
    """What a verb answers, what is amiss, and what else there is to know."""

    items: list[T]
    problems: Sequence[Problem] = ()
    notes: Sequence[str] = ()
