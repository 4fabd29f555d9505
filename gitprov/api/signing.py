"""Vouching for records that are written already: a signed record of one's own for each of them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from gitprov.api.reading import Reading, everything
from gitprov.api.resolve import look_up
from gitprov.api.session import Session
from gitprov.api.signatures import states
from gitprov.api.verifying import checked, explained
from gitprov.artifacts.hashing import digest_bytes
from gitprov.errors import ProvError
from gitprov.gitrepo.repo import Repo
from gitprov.model.ids import ABBREV, new_id
from gitprov.model.stamp import stamp
from gitprov.model.stored import Stored
from gitprov.model.vouching import BAD, UNSIGNED, Checked, Signed
from gitprov.records import recording
from gitprov.records.recording import Recorded
from gitprov.records.signing import Signing
from gitprov.records.writer import Addition


def sign(session: Session, names: Sequence[str], *, own: bool = False) -> Signed:
    """Vouch for the records that are named, and with `own` for every unsigned record of this person's.

    Whatever signs may ask on the terminal. Raises `ProvError` where a record is damaged or nothing can be signed.
    """
    reading = everything(session)
    person = session.repo.identity
    wanted = {match.stored.id: match.stored for name in names for match in look_up(session, reading, name).matches}
    if own:
        wanted |= {one.id: one for one in _unsigned(session.repo, reading, person)}
    found = checked(session.repo, reading, list(wanted.values()))
    done = [one for one in found if _has_signed(one, person)]
    todo = [wanted[one.id] for one in found if one not in done]
    for one in found:
        if one.word == BAD:
            raise ProvError(
                f"{_name(wanted[one.id])} is not signed: its own signature is bad, {one.state.detail}",
                hint=f"ask {one.by} for the record as it was",
            )
    written = _write(session, [_signature(session, one, person) for one in todo]) if todo else Recorded([], [])
    made = states(session.repo, written.commits)
    return Signed(
        made=[(one.kind, one.id) for one in todo],
        passed_over=[(one.kind, one.id) for one in done],
        problems=reading.problems,
        notes=[*written.warnings, *explained(made.values())],
    )


def _unsigned(repo: Repo, reading: Reading, person: str) -> list[Stored]:
    own = [one for one in reading.records if one.kind != "signature" and getattr(one.record, "by", "") == person]
    return [
        wanted
        for wanted, found in zip(own, checked(repo, reading, own), strict=True)
        if found.word == UNSIGNED and not found.is_vouched_for
    ]


def _has_signed(found: Checked, person: str) -> bool:
    """Whether this person's good signature is on it already."""
    return found.state.is_by(person) or any(one.by == person and one.word == "good" for one in found.vouchers)


def _signature(session: Session, stored: Stored, person: str) -> dict[str, Any]:
    return {
        "kind": "signature",
        "schema": 1,
        "id": new_id(session.random(16)),
        "at": stamp(datetime.fromtimestamp(session.clock(), UTC)),
        "by": person,
        "record": stored.id,
        "entry": stored.commit,
        "digest": digest_bytes(stored.raw),
    }


def _write(session: Session, records: Sequence[dict[str, Any]]) -> Recorded:
    signing = Signing(session.repo, required=True)
    return recording.record(session.repo, session.state, Addition(records=records), signing=signing)


def _name(stored: Stored) -> str:
    return f"{stored.kind} {stored.id[:ABBREV]}"
