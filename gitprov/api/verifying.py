"""Who vouches for records: by the signature of their own commit, or by a signature record of somebody's."""

from collections.abc import Iterable, Sequence
from typing import Final

from gitprov.api.reading import Reading, everything
from gitprov.api.resolve import look_up
from gitprov.api.rewritten import rewritten
from gitprov.api.session import Session
from gitprov.api.signatures import ALLOWED_SIGNERS, NO_ALLOWED_SIGNERS, states
from gitprov.artifacts.hashing import digest_bytes
from gitprov.gitrepo.repo import Repo
from gitprov.gitrepo.signatures import OPENPGP, SSH
from gitprov.model.base import Record
from gitprov.model.results import Problem
from gitprov.model.stored import Stored
from gitprov.model.vouching import (
    BAD,
    GOOD,
    OTHER_BYTES,
    UNKNOWN_KEY,
    UNTRUSTED_KEY,
    VOUCHED,
    Checked,
    Signature,
    State,
    Verification,
    Voucher,
    judged,
)

_LIST: Final = "~/.config/git/allowed_signers"


def verify(session: Session, names: Sequence[str], *, every: bool = False) -> Verification:
    """Return who vouches for the records that are named, or for all of them; then rewritten logs are told as well.

    Raises `NotFound` where a name means nothing.
    """
    reading = everything(session)
    if every:
        wanted = reading.records
    else:
        named = (match.stored for name in names for match in look_up(session, reading, name).matches)
        wanted = list({one.id: one for one in named}.values())
    found = checked(session.repo, reading, wanted)
    problems = _amiss(session.repo, reading.problems) if every else []
    said = [one.state for one in found] + [voucher.state for one in found for voucher in one.vouchers]
    return Verification(found, problems, explained(said))


def checked(repo: Repo, reading: Reading, wanted: Sequence[Stored]) -> list[Checked]:
    """Return what is found of each of these records, in their order."""
    ids = {one.id for one in wanted}
    vouching: dict[str, list[Stored]] = {}
    for one in reading.records:
        if isinstance(one.record, Signature) and one.record.record in ids:
            vouching.setdefault(one.record.record, []).append(one)
    told = states(repo, [one.commit for group in (wanted, *vouching.values()) for one in group])
    return [_checked(one, [_voucher(by, one, told) for by in vouching.get(one.id, ())], told) for one in wanted]


def _checked(stored: Stored, vouchers: list[Voucher], told: dict[str, State]) -> Checked:
    state = told[stored.commit]
    by = _by(stored)
    word = judged(state, by)
    if word not in (GOOD, BAD) and any(one.word == GOOD for one in vouchers):
        word = VOUCHED
    return Checked(stored.id, stored.kind, by, stored.at, stored.commit, word, state, tuple(vouchers))


def _voucher(vouching: Stored, stored: Stored, told: dict[str, State]) -> Voucher:
    assert isinstance(vouching.record, Signature)
    state, by = told[vouching.commit], _by(vouching)
    word = judged(state, by)
    if word == GOOD and vouching.record.digest != digest_bytes(stored.raw):
        word = OTHER_BYTES
    return Voucher(vouching.id, by, vouching.at, word, state)


def _by(stored: Stored) -> str:
    return stored.record.by if isinstance(stored.record, Record) else ""


def _amiss(repo: Repo, problems: Iterable[Problem]) -> list[Problem]:
    """Every log that lost what it held, and what else is amiss; a log that was just found so is told once."""
    lost = rewritten(repo)
    others = [one for one in problems if not any(one.reason.endswith(f" {log.kept}") for log in lost)]
    return [*(Problem(log.where, log.words, "") for log in lost if not log.is_whole), *others]


def explained(found: Iterable[State]) -> list[str]:
    """Return what a person can do where keys are not known here, each thing once."""
    seen = list(found)
    notes = []
    if any(one.detail == NO_ALLOWED_SIGNERS for one in seen):
        notes += [
            f"{NO_ALLOWED_SIGNERS}, so no ssh signature can be checked; make one:",
            f'  mkdir -p ~/.config/git && echo "ADDRESS $(cat KEY.pub)" >> {_LIST}',
            f"  git config --global {ALLOWED_SIGNERS} {_LIST}",
        ]
    elif any(one.word == UNKNOWN_KEY and one.format == SSH for one in seen):
        notes.append(
            f'to have an ssh key count: add "ADDRESS ssh-ed25519 AAAA..." to the file that {ALLOWED_SIGNERS} names'
        )
    if any(one.word == UNKNOWN_KEY and one.format == OPENPGP for one in seen):
        notes.append(
            "to have an OpenPGP key count: gpg --import FILE, look at its fingerprint, gpg --lsign-key FINGERPRINT"
        )
    elif any(one.word == UNTRUSTED_KEY and one.format == OPENPGP for one in seen):
        notes.append(
            "to have an OpenPGP key count, once you have compared its fingerprint: gpg --lsign-key FINGERPRINT"
        )
    return notes
