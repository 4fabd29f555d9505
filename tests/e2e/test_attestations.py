"""`git prov export --format in-toto`: what other people's verifiers of that format make of it."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from support.program import git_prov
from support.repo import RepoBuilder
from support.signing import agent_with, keyring, needs_gpg, needs_ssh, public, sign_with_gpg, sign_with_ssh, ssh_key

EXPORT = ("export", "@", "--format", "in-toto")


def run(repo: RepoBuilder) -> None:
    done = git_prov("run", "-o", "out.txt", "--", "sh", "-c", "echo made > out.txt", cwd=repo.path)
    assert done.status == 0, done.stderr


def exported(repo: RepoBuilder, *options: str) -> dict[str, Any]:
    done = git_prov(*EXPORT, *options, cwd=repo.path)
    assert done.status == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def verified(envelope: dict[str, Any], key: Any) -> dict[str, Any]:  # noqa: ANN401 - securesystemslib's
    """Return the statement in an envelope; fails unless the key has signed it."""
    from securesystemslib.dsse import Envelope

    found = Envelope.from_dict(json.loads(json.dumps(envelope)))
    found.verify([key], 1)
    statement: dict[str, Any] = json.loads(found.payload)
    return statement


def test_a_file_is_known_by_the_digests_that_verifiers_use(repo: RepoBuilder) -> None:
    run(repo)

    [subject] = exported(repo)["subject"]

    assert subject["name"] == "out.txt"
    assert subject["digest"]["sha256"] == hashlib.sha256(b"made\n").hexdigest()


def test_bytes_that_changed_since_lend_no_digest(repo: RepoBuilder) -> None:
    run(repo)
    repo.write("out.txt", "other\n")

    done = git_prov(*EXPORT, cwd=repo.path)

    assert set(json.loads(done.stdout)["subject"][0]["digest"]) == {"blake3"}
    assert "no SHA-256 of out.txt" in done.stderr


def test_a_run_that_made_nothing_is_refused(repo: RepoBuilder) -> None:
    git_prov("run", "--", "true", cwd=repo.path)

    done = git_prov(*EXPORT, cwd=repo.path)

    assert done.status == 128
    assert "git prov run -o PATH" in done.stderr


def test_it_is_written_to_a_file(repo: RepoBuilder) -> None:
    run(repo)

    assert git_prov(*EXPORT, "-o", "run.json", cwd=repo.path).stdout == ""
    assert json.loads((repo.path / "run.json").read_text(encoding="utf-8"))["subject"]
    assert git_prov(*EXPORT, "-o", "no/run.json", cwd=repo.path).status == 128


def test_the_reference_implementation_takes_the_statement(repo: RepoBuilder) -> None:
    pytest.importorskip("in_toto_attestation", reason="in-toto-attestation is not installed")
    from google.protobuf import json_format
    from in_toto_attestation.v1 import statement_pb2
    from in_toto_attestation.v1.statement import Statement

    run(repo)
    Statement.copy_from_pb(json_format.ParseDict(exported(repo), statement_pb2.Statement())).validate()


@needs_ssh
@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
@pytest.mark.parametrize("where", ["file", "agent"])
def test_an_envelope_signed_with_an_ssh_key_is_verified_by_others(
    repo: RepoBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, where: str
) -> None:
    pytest.importorskip("securesystemslib", reason="the extra `attest` is not installed")
    from cryptography.hazmat.primitives.serialization import load_ssh_public_key
    from securesystemslib.exceptions import VerificationError
    from securesystemslib.signer import SSlibKey

    key = ssh_key(tmp_path / "ana", kind=kind)
    line = public(key).encode()
    run(repo)
    sign_with_ssh(repo, key)
    if where == "file":
        envelope = exported(repo, "--sign")
    else:
        with agent_with(key, monkeypatch):
            envelope = exported(repo, "--sign")

    scheme = "rsa-pkcs1v15-sha256" if kind == "rsa" else None
    known = SSlibKey.from_crypto(load_ssh_public_key(line), scheme=scheme)
    assert verified(envelope, known)["subject"][0]["name"] == "out.txt"
    envelope["payload"] = envelope["payload"][:-8] + "AAAAAAAA"
    with pytest.raises(VerificationError):
        verified(envelope, known)


@needs_gpg
def test_an_envelope_signed_with_an_openpgp_key_is_verified_by_others(
    repo: RepoBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("securesystemslib", reason="the extra `attest` is not installed")
    from securesystemslib.signer import GPGSigner

    run(repo)
    with keyring() as gpg:
        monkeypatch.setenv("GNUPGHOME", str(gpg.home))
        fingerprint = gpg.key()
        sign_with_gpg(repo, fingerprint)
        envelope = exported(repo, "--sign")

        _, key = GPGSigner.import_(fingerprint.lower(), str(gpg.home))
        assert verified(envelope, key)["predicateType"] == "https://slsa.dev/provenance/v1"


def test_signing_without_its_library_or_key_says_what_to_do(repo: RepoBuilder, tmp_path: Path) -> None:
    run(repo)
    sign_with_ssh(repo, tmp_path / "nowhere")

    done = git_prov(*EXPORT, "--sign", cwd=repo.path)

    assert done.status == 128
    assert "gitprov[attest]" in done.stderr or "nowhere.pub cannot be read" in done.stderr
    assert done.stdout == ""
