"""Signing an attestation: with the key that git signs commits with, in the form that DSSE verifiers read.

Git's own ssh signatures are wrapped in a format of OpenSSH's, which no DSSE verifier reads. So an ssh key signs here
by itself: from its file, or through the agent that holds it. The formats of keys and signatures are the libraries'.
"""

import base64
import os
import subprocess
from typing import TYPE_CHECKING, Any, Final

from gitprov.api.agent import agent_signature
from gitprov.api.session import Session
from gitprov.errors import ProvError
from gitprov.exporters.in_toto import EnvelopeSignature
from gitprov.gitrepo.repo import Repo

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

_EXTRA: Final = "install it: pip install 'gitprov[attest]'"
_DOCS: Final = "see docs/signatures.md"
_RSA: Final = "rsa-pkcs1v15-sha256"
_LITERAL: Final = "key::"


def signature(session: Session, content: bytes) -> EnvelopeSignature:
    """Sign bytes with the person's signing key. Raises `ProvError` where that is not possible, saying why."""
    try:
        import cryptography  # noqa: F401
        import securesystemslib  # noqa: F401
    except ImportError:
        raise ProvError("signing an attestation needs securesystemslib", hint=_EXTRA) from None
    kind = session.repo.config.get("gpg.format", "openpgp")
    if kind == "ssh":
        return _by_ssh(session, content)
    if kind == "openpgp":
        return _by_openpgp(session, content)
    raise ProvError(
        f"an attestation cannot be signed with gpg.format {kind}",
        hint="sign it with an ssh or an OpenPGP key: git -c gpg.format=ssh -c user.signingKey=KEY prov export ...",
    )


def _by_ssh(session: Session, content: bytes) -> EnvelopeSignature:
    """From the key's file where it is there and not encrypted, else through the agent."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_ssh_private_key, load_ssh_public_key
    from securesystemslib.exceptions import UnverifiedSignatureError, VerificationError
    from securesystemslib.signer import CryptoSigner, Signature, SSlibKey

    path, line = _ssh_key(session)
    try:
        if line.startswith(b"sk-"):
            raise ValueError("what a security key signs is not the bytes themselves")
        public = load_ssh_public_key(line)
        scheme = _RSA if line.startswith(b"ssh-rsa ") else None
        key = SSlibKey.from_crypto(public, scheme=scheme)
    except (ValueError, UnsupportedAlgorithm) as error:
        kind = line.split(b" ")[0].decode("utf-8", "replace")
        raise ProvError(f"verifiers of attestations do not read keys of type {kind}: {error}", hint=_DOCS) from None
    private: PrivateKeyTypes | None = None
    if path:
        try:
            with open(path, "rb") as file:
                private = load_ssh_private_key(file.read(), password=None)
        except (OSError, ValueError, TypeError, UnsupportedAlgorithm):
            private = None  # not there, or encrypted: then the agent has it, or nobody
    if private is not None and private.public_key() == public:
        made = CryptoSigner(private, key).sign(content)
        return EnvelopeSignature(made.keyid, bytes.fromhex(made.signature))
    blob = base64.b64decode(line.split()[1])
    sig = agent_signature(session.environ.get("SSH_AUTH_SOCK", ""), blob, content)
    try:
        key.verify_signature(Signature(key.keyid, sig.hex()), content)
    except (UnverifiedSignatureError, VerificationError):
        raise ProvError("what the ssh agent answers is no signature by the signing key", hint=_DOCS) from None
    return EnvelopeSignature(key.keyid, sig)


def _ssh_key(session: Session) -> tuple[str, bytes]:
    """The file of the private key ("" where only its public half is known), and the public key as a line."""
    repo = session.repo
    configured = repo.config.get("user.signingkey") or _default_key(repo)
    if not configured:
        raise ProvError("git has no signing key", hint="name one: git config user.signingKey ~/.ssh/id_ed25519.pub")
    if configured.startswith((_LITERAL, "ssh-")):
        return "", configured.removeprefix(_LITERAL).encode()
    path = os.path.join(repo.worktree or repo.git.cwd, os.path.expanduser(configured)).removesuffix(".pub")
    try:
        with open(f"{path}.pub", "rb") as file:
            return path, file.read().strip()
    except OSError as error:
        raise ProvError(
            f"{path}.pub cannot be read: {error.strerror}", hint="check: git config user.signingKey"
        ) from None


def _default_key(repo: Repo) -> str:
    """The first key that `gpg.ssh.defaultKeyCommand` names, as git takes it."""
    command = repo.config.get("gpg.ssh.defaultkeycommand")
    if not command:
        return ""
    done = subprocess.run(["sh", "-c", command], capture_output=True, check=False, env=repo.git.environ)
    lines = done.stdout.decode("utf-8", "replace").splitlines()
    return next((line for line in lines if line.startswith(("ssh-", _LITERAL))), "")


def _by_openpgp(session: Session, content: bytes) -> EnvelopeSignature:
    from securesystemslib.signer import GPGSigner

    failed = "gpg has no secret key for signing"
    for fingerprint in _openpgp_keys(session.repo):
        try:
            made: dict[str, Any] = GPGSigner(GPGSigner.import_(fingerprint)[1]).sign(content).to_dict()
        except (ValueError, OSError) as error:
            failed = str(error)
            continue
        sig = bytes.fromhex(made.pop("sig"))
        return EnvelopeSignature(made.pop("keyid"), sig, made)
    raise ProvError(f"nothing is signed: {failed}", hint="check: git config user.signingKey; gpg --list-secret-keys")


def _openpgp_keys(repo: Repo) -> list[str]:
    """Fingerprints of the person's keys that can sign, the newest first: gpg takes the newest."""
    wanted = repo.config.get("user.signingkey") or repo.identity
    program = repo.config.get("gpg.openpgp.program") or repo.config.get("gpg.program") or "gpg"
    listing = (program, "--batch", "--with-colons", "--list-secret-keys", wanted)
    try:
        done = subprocess.run(listing, capture_output=True, check=False, env=repo.git.environ)
    except OSError as error:
        raise ProvError(f"{program} cannot be run: {error.strerror}", hint="check: git config gpg.program") from None
    found, can_sign = [], False
    for line in done.stdout.decode("utf-8", "replace").splitlines():
        fields = line.split(":")
        if fields[0] in ("sec", "ssb"):
            can_sign = "s" in fields[11] and fields[1] not in ("e", "r", "d", "i")
        elif fields[0] == "fpr" and can_sign:
            found.append(fields[9].lower())
    return found[::-1]
