"""Who signed which commits of the logs, and whether that counts here: the one place that asks git about signatures.

Git judges: by `gpg.ssh.allowedSignersFile` with its dates, at the time of the commit; by `gpg.ssh.revocationFile`; by
the keyring of gpg or gpgsm. However many commits are asked about, git is started a few times in all.
"""

import base64
import hashlib
import os
import re
from collections.abc import Iterable, Mapping
from typing import Final

from gitprov.errors import GitFailed
from gitprov.gitrepo.read import CatFile
from gitprov.gitrepo.repo import Repo
from gitprov.gitrepo.signatures import OPENPGP, REVOKED_SSH_KEYS, SSH, Form, Said, form, said
from gitprov.model.text import single_line
from gitprov.model.vouching import (
    BAD,
    EXPIRED_KEY,
    EXPIRED_SIGNATURE,
    GOOD,
    REVOKED_KEY,
    UNCHECKED,
    UNKNOWN_KEY,
    UNSIGNED,
    UNTRUSTED_KEY,
    State,
)

ALLOWED_SIGNERS: Final = "gpg.ssh.allowedSignersFile"
NO_ALLOWED_SIGNERS: Final = "git has no list of the ssh keys that count here"
_CHANGED: Final = "it was changed after it was signed"
_WORDS: Final = {
    "G": GOOD,
    "U": UNTRUSTED_KEY,
    "B": BAD,
    "X": EXPIRED_SIGNATURE,
    "Y": EXPIRED_KEY,
    "R": REVOKED_KEY,
    "E": UNKNOWN_KEY,
}
_TRUSTED_NAME: Final = re.compile(r'^gpg: +(?:Good signature from|aka) "(.*)" \[(?:full|ultimate)\]$', re.MULTILINE)
_ADDRESS: Final = re.compile(r"<([^<>\s]+@[^<>\s]+)>|(?:^|[/=\s])([^/=<>\s]+@[^/=<>\s]+)")
_EXPIRED, _EARLY = "key has expired", "key is not yet valid"  # words of ssh-keygen


def states(repo: Repo, commits: Iterable[str]) -> dict[str, State]:
    """Return what is found of the signature of each commit; one that is not here or cannot be read is `bad`."""
    wanted = list(dict.fromkeys(commits))
    found = dict.fromkeys(wanted, State(BAD, detail="it is missing or damaged"))
    forms = _forms(repo, wanted)
    found |= {oid: State(UNSIGNED) for oid, one in forms.items() if not one.signed}
    signed = {oid: one for oid, one in forms.items() if one.signed}
    known = allowed_signers(repo) if any(one.format == SSH for one in signed.values()) else None
    if known is None:
        uncheckable = [oid for oid, one in signed.items() if one.format == SSH]
        found |= {oid: State(UNCHECKED, SSH, detail=NO_ALLOWED_SIGNERS) for oid in uncheckable}
        signed = {oid: one for oid, one in signed.items() if one.format != SSH}
    told = said(repo, list(signed))
    revoked = _revoked(repo, [oid for oid, one in told.items() if one.letter == "B" and signed[oid].format == SSH])
    for oid, one in signed.items():
        found[oid] = State(REVOKED_KEY, SSH) if oid in revoked else _state(one, told.get(oid), known or {})
    return found


def allowed_signers(repo: Repo) -> dict[str, tuple[str, ...]] | None:
    """Return who is allowed to sign with which ssh key, by its fingerprint; `None` where git has no such list.

    Of a key that stands in several lines, those of the first are told: git looks no further either.
    """
    try:
        path = os.fsdecode(repo.git.run("config", "--type=path", ALLOWED_SIGNERS)).removesuffix("\n")
        with open(os.path.join(repo.worktree or repo.git.cwd, path), "rb") as file:
            lines = file.read().decode("utf-8", "surrogateescape").splitlines()
    except (GitFailed, OSError):
        return None
    found: dict[str, tuple[str, ...]] = {}
    for line in lines:
        quoted = re.match(r'\s*"([^"]*)"', line)
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        principals = quoted[1] if quoted else words[0]
        if fingerprint := next(filter(None, map(_fingerprint, words[1:])), ""):
            found.setdefault(fingerprint, tuple(principals.split(",")))
    return found


def _fingerprint(word: str) -> str:
    """The fingerprint of a public key as it stands in a line; "" for another word."""
    if not word.startswith("AAAA"):
        return ""
    try:
        key = base64.b64decode(word, validate=True)
    except ValueError:
        return ""
    return "SHA256:" + base64.b64encode(hashlib.sha256(key).digest()).decode().rstrip("=")


def _forms(repo: Repo, commits: list[str]) -> dict[str, Form]:
    reader = CatFile(repo)
    try:
        objects = reader.many(commits)
        return {one.oid: form(one.data, repo.object_format) for one in objects if one.kind == "commit"}
    finally:
        reader.close()


def _revoked(repo: Repo, bad: list[str]) -> set[str]:
    """Those of the signatures git calls bad that are so only because their key was revoked, which git does not say."""
    if not bad or not repo.config.get(REVOKED_SSH_KEYS.lower()):
        return set()
    again = said(repo, bad, f"{REVOKED_SSH_KEYS}={os.devnull}")
    return {oid for oid, one in again.items() if one.letter in ("G", "U")}


def _state(signed: Form, told: Said | None, known: Mapping[str, tuple[str, ...]]) -> State:
    if told is None or told.letter == "B" or not signed.is_sound:
        return State(BAD, signed.format, detail=_CHANGED)
    word = _WORDS.get(told.letter, UNCHECKED)
    detail = ""
    if signed.format == SSH and word == UNTRUSTED_KEY:
        word = EXPIRED_KEY if _EXPIRED in told.words else UNKNOWN_KEY
        detail = "the key was not valid yet when it was signed" if _EARLY in told.words else ""
    elif word in (UNCHECKED, UNKNOWN_KEY):
        detail = single_line(_last_line(told.words), 200)
    people = _people(signed, told, known) if word == GOOD else ()
    return State(word, signed.format, single_line(told.signer, 200), told.key, people, detail)


def _last_line(words: str) -> str:
    return next((line for line in reversed(words.splitlines()) if line.strip()), "the program that checks it failed")


def _people(signed: Form, told: Said, known: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The addresses a good signature speaks for."""
    if signed.format == SSH:
        principals = known.get(told.key, ())
        return principals if told.signer in principals else (told.signer,)
    # Of an OpenPGP key's names only those count that somebody here vouches for: anybody can add another.
    names = _TRUSTED_NAME.findall(told.words) if signed.format == OPENPGP else [told.signer]
    found = (address for name in names for pair in _ADDRESS.findall(name) for address in pair if address)
    return tuple(dict.fromkeys(found))
