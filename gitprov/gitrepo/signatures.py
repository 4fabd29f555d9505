"""What git says of the signatures of commits: of many in one call, and judged by git's own configuration.

Git takes more than one spelling of a signature for the same (white space in its armor, bits that fill up the last
letter), so a commit can be changed there and keep its good signature. `form` tells whether it stands in the one
spelling that signing programs write: then no byte of a commit can change unnoticed.
"""

import base64
import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from gitprov.errors import GitFailed
from gitprov.gitrepo.process import text
from gitprov.gitrepo.repo import Repo

SSH: Final = "ssh"
OPENPGP: Final = "openpgp"
X509: Final = "x509"
REVOKED_SSH_KEYS: Final = "gpg.ssh.revocationFile"

_FORMATS: Final = {
    b"SSH SIGNATURE": SSH,
    b"PGP SIGNATURE": OPENPGP,
    b"PGP MESSAGE": OPENPGP,
    b"SIGNED MESSAGE": X509,
}
_HEADER: Final = re.compile(rb"\n(gpgsig|gpgsig-sha256) ((?:[^\n]*\n )*[^\n]*)(?=\n)")
_ARMOR: Final = re.compile(
    rb"-----BEGIN ([A-Z ]+)-----\n"
    rb"(?:(?:[A-Z][A-Za-z]*: [^\n]*\n)*\n)?"
    rb"((?:[A-Za-z0-9+/=]+\n)+?)"
    rb"(?:=([A-Za-z0-9+/]{4})\n)?"
    rb"-----END \1-----\n?"
)
_FIELDS: Final = ("%H", "%G?", "%GS", "%GF", "%GG")


class Form(NamedTuple):
    """How a commit is signed."""

    format: str
    """`ssh`, `openpgp`, `x509`; "" where there is no signature, or one of no known format."""
    signed: bool
    is_sound: bool
    """Whether the signature stands in the one spelling that signing programs write."""


class Said(NamedTuple):
    """What git says of one signature."""

    letter: str
    """`%G?`: G good, B bad, U good by a key nobody vouches for, X and Y expired, R revoked, E no key, N none."""
    signer: str
    """Who signed: a principal of the allowed signers, or the name of a key."""
    key: str
    """The key's fingerprint."""
    words: str
    """What the verifying program printed."""


def form(commit: bytes, object_format: str) -> Form:
    """Return how a commit is signed, as its bytes say."""
    head, end, _ = commit.partition(b"\n\n")
    found = _HEADER.findall(head + end)
    if not found:
        return Form("", signed=False, is_sound=False)
    header, value = found[0]
    armor = value.replace(b"\n ", b"\n")
    ours = header == (b"gpgsig-sha256" if object_format == "sha256" else b"gpgsig")
    begun = re.match(rb"-----BEGIN ([A-Z ]+)-----", armor)
    name = _FORMATS.get(begun[1], "") if begun else ""
    return Form(name, signed=True, is_sound=len(found) == 1 and ours and bool(name) and _is_canonical(armor))


def _is_canonical(armor: bytes) -> bool:
    """Whether an armored signature is spelled as programs spell it; comments in it are not looked at."""
    found = _ARMOR.fullmatch(armor)
    if found is None:
        return False
    lines = found[2].removesuffix(b"\n").split(b"\n")
    if any(len(line) != len(lines[0]) for line in lines[:-1]) or len(lines[-1]) > len(lines[0]):
        return False
    spelled = b"".join(lines)
    try:
        data = base64.b64decode(spelled, validate=True)
    except ValueError:
        return False
    checksum = found[3]
    return base64.b64encode(data) == spelled and (not checksum or base64.b64encode(_crc24(data)) == checksum)


def _crc24(data: bytes) -> bytes:
    """The checksum of RFC 4880, section 6.1."""
    crc = 0xB704CE
    for byte in data:
        crc ^= byte << 16
        for _ in range(8):
            crc <<= 1
            if crc & 0x1000000:
                crc ^= 0x1864CFB
    return crc.to_bytes(3, "big")


def said(repo: Repo, commits: Sequence[str], *settings: str) -> dict[str, Said]:
    """Return what git says of the signature of each commit, by commit; `settings` are laid over git's configuration.

    A commit that git cannot read is left out, and costs the others nothing but a few more calls.
    """
    if not commits:
        return {}
    try:
        return _asked(repo, commits, settings)
    except GitFailed:
        if len(commits) == 1:
            return {}
    half = len(commits) // 2
    return {**said(repo, commits[:half], *settings), **said(repo, commits[half:], *settings)}


def _asked(repo: Repo, commits: Sequence[str], settings: Sequence[str]) -> dict[str, Said]:
    config = [word for setting in settings for word in ("-c", setting)]
    told = repo.git.run(
        *("--no-replace-objects", *config, "log", "--no-walk=unsorted", "--ignore-missing", "--stdin", "-s", "-z"),
        *("--no-show-signature", "--no-notes", "--encoding=UTF-8", f"--format={'%x00'.join(_FIELDS)}"),
        data="".join(f"{oid}\n" for oid in commits).encode(),
        env={"GIT_NO_LAZY_FETCH": "1"},
    )
    parts = text(told).split("\0")
    rows = zip(*(parts[place :: len(_FIELDS)] for place in range(len(_FIELDS))), strict=False)
    return {oid: Said(letter, signer, key, words) for oid, letter, signer, key, words in rows}
