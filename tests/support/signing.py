"""Real keys made for a test, and repositories that sign with them."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.repo import RepoBuilder

ADDRESS = "ana@example.org"
NAME = f"Ana Lima <{ADDRESS}>"
LONG_AGO = "20200102T000000"

needs_ssh = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")
needs_gpg = pytest.mark.skipif(shutil.which("gpg") is None, reason="gpg is not installed")


def ssh_key(path: Path, passphrase: str = "", kind: str = "ed25519") -> Path:
    """Make an ssh key and return the file of its private half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-C", "", "-f", path], check=True)
    return path


def public(key: Path) -> str:
    """Return the public half of an ssh key, as a line."""
    return Path(f"{key}.pub").read_text(encoding="utf-8").strip()


def sign_with_ssh(repo: RepoBuilder, key: Path) -> None:
    """Have the records of a repository signed with an ssh key."""
    for name, value in (("prov.sign", "true"), ("gpg.format", "ssh"), ("user.signingKey", str(key))):
        repo.git("config", name, value)


def allow(repo: RepoBuilder, *lines: str) -> None:
    """Let these lines be the allowed signers of a repository."""
    file = repo.path / ".git" / "allowed_signers"
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    repo.git("config", "gpg.ssh.allowedSignersFile", file)


class Gpg:
    """A keyring of OpenPGP keys."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def run(self, *args: str | Path, stdin: str = "") -> str:
        """Run gpg and return what it printed."""
        done = subprocess.run(
            ["gpg", "--batch", "--quiet", "--passphrase", "", *args],
            input=stdin,
            text=True,
            capture_output=True,
            check=False,
            env={**os.environ, "GNUPGHOME": str(self.home)},
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def key(self, name: str = NAME, *options: str, lasts: str = "never") -> str:
        """Make a key and return its fingerprint."""
        self.run(*options, "--quick-generate-key", name, "ed25519", "sign", lasts)
        listed = self.run("--list-secret-keys", "--with-colons", name)
        return [line.split(":")[9] for line in listed.splitlines() if line.startswith("fpr:")][-1]

    def revoke(self, fingerprint: str) -> None:
        """Revoke a key with the certificate that gpg made when it made the key."""
        made = self.home / "openpgp-revocs.d" / f"{fingerprint}.rev"
        self.run("--import", stdin=made.read_text(encoding="utf-8").replace("\n:---", "\n---"))

    def trust_certificate(self, fingerprint: str) -> None:
        """Let this certificate, and no other, be one that is trusted by itself."""
        trusted = f"{fingerprint} S relax\n" if fingerprint else ""
        (self.home / "trustlist.txt").write_text(trusted, encoding="utf-8")
        self._told("gpgconf", "--kill", "gpg-agent")

    def import_certificate(self, p12: Path) -> str:
        """Take in a certificate with its key, which has no passphrase, and return its fingerprint."""
        (self.home / "gpgsm.conf").write_text("disable-crl-checks\n", encoding="utf-8")
        self._told(
            "gpgsm", "--batch", "--pinentry-mode", "loopback", "--passphrase-fd", "0", "--import", p12, said="\n"
        )
        listed = self._told("gpgsm", "--with-colons", "--list-secret-keys")
        return next(line.split(":")[9] for line in listed.splitlines() if line.startswith("fpr:"))

    def _told(self, *argv: str | Path, said: str = "") -> str:
        environ = {**os.environ, "GNUPGHOME": str(self.home)}
        return subprocess.run(argv, input=said, text=True, capture_output=True, check=True, env=environ).stdout

    def program(self, *options: str) -> Path:
        """Return a program that is gpg with further options."""
        path = self.home / "with-options"
        path.write_text(f'#!/bin/sh\nexec gpg {" ".join(options)} "$@"\n', encoding="utf-8")
        path.chmod(0o755)
        return path


def certificate(gpg: Gpg) -> str:
    """Make an X.509 certificate that is trusted in a keyring, and return its fingerprint; skips without gpgsm."""
    if not (shutil.which("gpgsm") and shutil.which("openssl")):
        pytest.skip("gpgsm or openssl is not installed")
    key, made, both = (gpg.home / name for name in ("key.pem", "certificate.pem", "both.p12"))
    subject = ("-subj", f"/CN=Ana Lima/emailAddress={ADDRESS}", "-addext", "keyUsage=digitalSignature,keyCertSign")
    options = ("-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", *subject)
    pair = ("-inkey", key, "-in", made, "-out", both, "-passout", "pass:")
    for command in (
        ("openssl", "req", *options, "-keyout", key, "-out", made),
        ("openssl", "pkcs12", "-export", "-legacy", *pair),  # the ciphers that gpgsm reads
    ):
        subprocess.run(command, check=True, capture_output=True)
    fingerprint = gpg.import_certificate(both)
    gpg.trust_certificate(fingerprint)
    return fingerprint


@contextmanager
def keyring() -> Iterator[Gpg]:
    """Yield an empty keyring; its path is short, because gpg's agent listens on a socket in it."""
    home = Path(tempfile.mkdtemp(prefix="gpg-", dir="/tmp"))
    try:
        yield Gpg(home)
    finally:
        environ = {**os.environ, "GNUPGHOME": str(home)}
        subprocess.run(["gpgconf", "--kill", "all"], env=environ, capture_output=True, check=False)
        shutil.rmtree(home, ignore_errors=True)


def sign_with_gpg(repo: RepoBuilder, fingerprint: str) -> None:
    """Have the records of a repository signed with an OpenPGP key."""
    for name, value in (("prov.sign", "true"), ("gpg.format", "openpgp"), ("user.signingKey", fingerprint)):
        repo.git("config", name, value)


@contextmanager
def agent_with(key: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let an ssh agent hold a key, and nothing else have it."""
    with keyring() as short:  # the path of a socket is short
        address = str(short.home / "agent")
        with subprocess.Popen(["ssh-agent", "-D", "-a", address], stdout=subprocess.PIPE) as agent:
            try:
                assert agent.stdout is not None
                agent.stdout.readline()  # it says where it listens once it does
                monkeypatch.setenv("SSH_AUTH_SOCK", address)
                subprocess.run(["ssh-add", "-q", key], check=True, capture_output=True)
                key.unlink()
                yield
            finally:
                agent.terminate()
