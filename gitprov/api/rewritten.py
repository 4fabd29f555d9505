"""Logs that no longer hold on a remote what they held: rewritten there, cut off, or removed."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from gitprov.errors import GitFailed
from gitprov.gitrepo.read import history
from gitprov.gitrepo.refs import Ref, list_refs
from gitprov.gitrepo.repo import Repo
from gitprov.model.ids import ABBREV
from gitprov.records import union
from gitprov.records.layout import KEPT, READ_PREFIXES, parse_log_ref

_NAMED: Final = 5
_KEPT: Final = f"{KEPT}log/"


class Rewritten(NamedTuple):
    """One log that lost records somewhere; they are all kept here."""

    kept: str
    """The ref that keeps what the log held."""
    writer: str
    places: tuple[str, ...]
    """The remotes whose log of this writer has not got it any more; "" for this clone's own."""
    lost: tuple[str, ...]
    """What is gone there: kind and short id of each record, the oldest first."""
    is_whole: bool
    """Whether every log of this writer holds it again."""

    @property
    def where(self) -> str:
        """Which log it is, for people."""
        remotes = [place for place in self.places if place]
        return f"the log of writer {self.writer}" + (f" on {', '.join(remotes)}" if remotes else "")

    @property
    def words(self) -> str:
        """What became of it, for people."""
        named = ", ".join(self.lost[:_NAMED])
        more = f" and {len(self.lost) - _NAMED} more" if len(self.lost) > _NAMED else ""
        if self.is_whole:
            return f"had lost records, and holds them again; what it held is kept at {self.kept}"
        what = "went back or was rewritten" if self.places else "was removed"
        return f"{what}, without {named}{more}; what it held is kept at {self.kept}"


def rewritten(repo: Repo) -> list[Rewritten]:
    """Return every log that was found to have lost what it held, as long as what was kept of it is there."""
    refs = list_refs(repo.git, *READ_PREFIXES)
    return [_of(repo, ref, refs) for ref in refs if ref.name.startswith(_KEPT) and parse_log_ref(ref.name)]


def _of(repo: Repo, kept: Ref, refs: Iterable[Ref]) -> Rewritten:
    origin = parse_log_ref(kept.name)
    assert origin is not None
    logs = {ref: there for ref in refs if not ref.name.startswith(_KEPT) and (there := parse_log_ref(ref.name))}
    missing = {ref: _missing(repo, kept, ref) for ref, there in logs.items() if there.writer == origin.writer}
    lost = dict.fromkeys(commit for gone in missing.values() for commit in gone)
    # a log that is nowhere any more has lost all that no other log holds
    read = union.load(repo, lost if missing else _missing(repo, kept, *logs))
    return Rewritten(
        kept=kept.name,
        writer=origin.writer,
        places=tuple(logs[ref].remote for ref, gone in missing.items() if gone),
        lost=tuple(f"{one.kind} {one.id[:ABBREV]}" for one in read.stored),
        is_whole=not read.stored and not lost,
    )


def _missing(repo: Repo, kept: Ref, *logs: Ref) -> list[str]:
    """The commits that were kept and do not stand in these logs."""
    try:
        return history(repo, [kept.oid], hide=[log.oid for log in logs])
    except GitFailed:
        return []
