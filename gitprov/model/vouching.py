"""Who vouches for a record: the record that says so, and what is found when signatures are checked."""

import re
from typing import Final, Literal, NamedTuple

from gitprov.model.base import Record
from gitprov.model.fields import Digest, Id, Oid
from gitprov.model.results import Problem


class Signature(Record):
    """Somebody vouches for a record as it stands. It says something only where its own commit is signed."""

    kind: Literal["signature"] = "signature"
    """`signature`."""
    record: Id
    """The record."""
    entry: Oid
    """The commit of a log that held it."""
    digest: Digest
    """Of the record's bytes."""


GOOD: Final = "good"
UNSIGNED: Final = "unsigned"
BAD: Final = "bad"
UNKNOWN_KEY: Final = "unknown-key"
UNTRUSTED_KEY: Final = "untrusted-key"
EXPIRED_KEY: Final = "expired-key"
EXPIRED_SIGNATURE: Final = "expired-signature"
REVOKED_KEY: Final = "revoked-key"
UNCHECKED: Final = "unchecked"
OTHER_SIGNER: Final = "other-signer"
"""The signature is good, and not of the person that the record names."""
OTHER_BYTES: Final = "other-bytes"
"""The signature is good, and for a record of other bytes."""
VOUCHED: Final = "vouched"
"""Not signed well itself, and somebody whose signature is good vouches for it."""

_SAID: Final = {
    GOOD: "signed by {signer}",
    UNSIGNED: "nobody has signed it",
    BAD: "{detail}",
    UNKNOWN_KEY: "signed with a key that is not known here",
    UNTRUSTED_KEY: "signed by {signer}, and nobody here vouches for that key",
    EXPIRED_KEY: "signed with a key that has expired",
    EXPIRED_SIGNATURE: "signed by {signer}, and the signature has expired",
    REVOKED_KEY: "signed with a key that was revoked",
    UNCHECKED: "signed, and it cannot be checked",
    OTHER_SIGNER: "signed by {signer}, and recorded as {by}",
    OTHER_BYTES: "speaks for other bytes than the record has",
}
_KEY_DIGITS: Final = 16

_ADDRESS: Final = re.compile(r"<([^<>]*)>\s*\Z")


class State(NamedTuple):
    """What is found of one commit's signature."""

    word: str
    """One of the words above."""
    format: str = ""
    """`ssh`, `openpgp`, `x509`, or "" where that cannot be told."""
    signer: str = ""
    """Who signed: a principal of the allowed signers, or the name of a key."""
    key: str = ""
    """The key's fingerprint."""
    people: tuple[str, ...] = ()
    """The addresses, or patterns of addresses, that the key counts for; only where the signature is good."""
    detail: str = ""
    """More about it, on one line."""

    @property
    def is_good(self) -> bool:
        """Whether a key that counts here made the signature."""
        return self.word == GOOD

    def is_by(self, person: str) -> bool:
        """Whether the signature is good and of this person (`Name <address>`, or a bare address).

        `.mailmap` is not asked: whoever can change a file must not be able to sign in another's name.
        """
        found = _ADDRESS.search(person)
        address = (found[1] if found else person).strip().lower()
        return self.is_good and _matches(address, self.people)


def _matches(address: str, patterns: tuple[str, ...]) -> bool:
    """Whether an address is meant by patterns as OpenSSH has them: `*` and `?`, and `!` before what is excepted."""
    refused = any(_pattern(one[1:]).fullmatch(address) for one in patterns if one.startswith("!"))
    return not refused and any(_pattern(one).fullmatch(address) for one in patterns if not one.startswith("!"))


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile("".join({"*": ".*", "?": "."}.get(char, re.escape(char)) for char in text.lower()), re.DOTALL)


def judged(state: State, by: str) -> str:
    """Return the word for a signature on a record that names this person."""
    return OTHER_SIGNER if state.is_good and not state.is_by(by) else state.word


def words(word: str, state: State, by: str = "") -> str:
    """Return a word and what was found as a clause of a sentence; `by` is the person that the record names."""
    form = _SAID.get(word, word)
    said = form.format(signer=state.signer or "an unknown key", by=by, detail=state.detail)
    more = f": {state.detail}" if state.detail and "{detail}" not in form else ""
    return f"{said}{more} ({state.format} key {_short(state.key)})" if state.key else said + more


def _short(key: str) -> str:
    scheme, colon, digits = key.rpartition(":")
    return f"{scheme}{colon}{digits[:_KEY_DIGITS]}" if colon else key[-_KEY_DIGITS:]


class Voucher(NamedTuple):
    """Somebody vouches for a record."""

    id: str
    """The signature record."""
    by: str
    at: str
    word: str
    """`good`, or why it does not count."""
    state: State


class Checked(NamedTuple):
    """What is found of one record."""

    id: str
    kind: str
    by: str
    at: str
    commit: str
    """The commit of a log that holds it."""
    word: str
    """The answer: one of the words above."""
    state: State
    vouchers: tuple[Voucher, ...] = ()

    @property
    def is_vouched_for(self) -> bool:
        """Whether somebody whose key counts stands for these bytes."""
        return self.word in (GOOD, VOUCHED)


class Verification(NamedTuple):
    """What `verify` answers."""

    checked: list[Checked]
    problems: list[Problem]
    """What cannot be read, and logs that were rewritten."""
    notes: list[str]

    @property
    def holds(self) -> bool:
        """Whether every record that was asked about is vouched for, and nothing is amiss."""
        return all(one.is_vouched_for for one in self.checked) and not self.problems


class Signed(NamedTuple):
    """What `sign` answers."""

    made: list[tuple[str, str]]
    """What was signed: kind and id of each record."""
    passed_over: list[tuple[str, str]]
    """What the person had signed already."""
    problems: list[Problem]
    notes: list[str]
