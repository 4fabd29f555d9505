"""Signed records, with real keys: made as git makes them, judged as git judges them, and no byte changes unnoticed."""

import json
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gitprov.records import codec
from support.program import Outcome, git_prov
from support.records import record_id, run_record
from support.repo import RepoBuilder
from support.signing import (
    ADDRESS,
    LONG_AGO,
    Gpg,
    agent_with,
    allow,
    certificate,
    keyring,
    needs_gpg,
    needs_ssh,
    public,
    sign_with_gpg,
    sign_with_ssh,
    ssh_key,
)
from support.templates import RepoMaker

CHANGES = 100

ssh = pytest.param("ssh", marks=needs_ssh)
openpgp = pytest.param("openpgp", marks=needs_gpg)


@pytest.fixture
def gpg(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gpg]:
    with keyring() as found:
        monkeypatch.setenv("GNUPGHOME", str(found.home))
        yield found


@pytest.fixture
def signing(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[RepoBuilder], None]:
    """What lets a repository sign, and know the key: with the kind of key that the test is given."""

    def with_ssh(repo: RepoBuilder) -> None:
        key = ssh_key(tmp_path / "keys" / "ana")
        sign_with_ssh(repo, key)
        allow(repo, f"{ADDRESS} {public(key)}")

    def with_gpg(repo: RepoBuilder) -> None:
        sign_with_gpg(repo, request.getfixturevalue("gpg").key())

    return with_ssh if request.param == "ssh" else with_gpg


def run(repo: RepoBuilder, *command: str) -> Outcome:
    done = git_prov("run", "--trace", "off", "--", *(command or ("true",)), cwd=repo.path)
    assert done.status == 0, done.stderr
    return done


def results(repo: RepoBuilder, *names: str) -> dict[str, str]:
    """Return what `verify` says, by record."""
    told = git_prov("verify", "--json", *names, cwd=repo.path)
    return {one["id"]: one["result"] for one in json.loads(told.stdout)["records"]}


def result(repo: RepoBuilder, name: str = "@") -> str:
    [(_, word)] = results(repo, name).items()
    return word


# --- signing ---


@pytest.mark.parametrize("signing", [ssh, openpgp], indirect=True)
def test_every_record_is_a_commit_that_git_itself_verifies(repo: RepoBuilder, signing: Callable[..., None]) -> None:
    signing(repo)
    run(repo)
    run(repo, "echo", "two")

    [log] = repo.refs("refs/prov/log").values()
    commits = repo.git("rev-list", log).splitlines()
    assert len(commits) == 2
    for commit in commits:
        repo.git("verify-commit", commit)
    assert result(repo, "@") == result(repo, "@~1") == "good"
    told = git_prov("verify", "@", cwd=repo.path)
    assert told.status == 0
    assert "signed by" in told.stdout
    assert ADDRESS in told.stdout
    repo.fsck()


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
@needs_ssh
def test_signatures_hold_in_both_object_formats(make_repo: RepoMaker, tmp_path: Path, object_format: Any) -> None:  # noqa: ANN401 - what the maker takes
    repo = make_repo(object_format=object_format)
    key = ssh_key(tmp_path / "ana")
    sign_with_ssh(repo, key)
    allow(repo, f"{ADDRESS} {public(key)}")

    run(repo)

    assert result(repo) == "good"


@needs_ssh
def test_a_key_that_only_the_agent_has_signs(
    repo: RepoBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = ssh_key(tmp_path / "ana")
    line = public(key)
    repo.git("config", "prov.sign", "true")
    repo.git("config", "gpg.format", "ssh")
    repo.git("config", "user.signingKey", f"key::{line}")
    allow(repo, f"{ADDRESS} {line}")

    with agent_with(key, monkeypatch):
        run(repo)

    assert result(repo) == "good"


@needs_ssh
def test_a_run_is_recorded_where_it_cannot_be_signed_and_can_be_vouched_for_later(
    repo: RepoBuilder, tmp_path: Path
) -> None:
    sign_with_ssh(repo, tmp_path / "nowhere")

    done = run(repo)

    assert "recorded without a signature" in done.stderr
    assert "nowhere" in done.stderr
    short = done.stderr.partition("git prov sign ")[2].split()[0]
    assert result(repo, short) == "unsigned"
    assert git_prov("verify", cwd=repo.path).status == 1

    refused = git_prov("sign", cwd=repo.path)
    assert refused.status == 128
    assert "nowhere" in refused.stderr
    assert len(results(repo, "--all")) == 1

    key = ssh_key(tmp_path / "ana")
    repo.git("config", "user.signingKey", str(key))
    allow(repo, f"{ADDRESS} {public(key)}")
    signed = git_prov("sign", short, cwd=repo.path)
    assert signed.stdout == f"signed run {short}\n"
    assert result(repo, short) == "vouched"
    assert git_prov("verify", short, cwd=repo.path).status == 0
    assert "already" in git_prov("sign", short, cwd=repo.path).stdout
    assert set(results(repo, "--all").values()) == {"vouched", "good"}


def test_whoever_reads_first_is_told_that_a_killed_run_could_not_be_signed(repo: RepoBuilder, tmp_path: Path) -> None:
    sign_with_ssh(repo, tmp_path / "nowhere")
    wrapper = """$(sed -n 's/.*"owner": \\[\\([0-9]*\\),.*/\\1/p' "$GIT_PROV_JOURNAL")"""
    git_prov("run", "--trace", "off", "--", "sh", "-c", f"kill -KILL {wrapper}", cwd=repo.path)

    told = git_prov("ls", cwd=repo.path)

    assert "warning: a run that was abandoned: recorded without a signature: " in told.stderr
    assert git_prov("ls", cwd=repo.path).stderr == ""


@needs_ssh
def test_all_of_ones_own_unsigned_records_are_vouched_for_at_once(repo: RepoBuilder, tmp_path: Path) -> None:
    key = ssh_key(tmp_path / "ana")
    run(repo)
    run(repo)
    sign_with_ssh(repo, key)
    repo.git("config", "--unset", "prov.sign")
    allow(repo, f"{ADDRESS} {public(key)}")

    assert len(git_prov("sign", "--own", cwd=repo.path).stdout.splitlines()) == 2
    assert "nothing of yours" in git_prov("sign", "--own", cwd=repo.path).stdout
    assert git_prov("verify", "--all", cwd=repo.path).status == 0


@needs_ssh
def test_writers_that_race_sign_what_they_write(repo: RepoBuilder, tmp_path: Path) -> None:
    key = ssh_key(tmp_path / "ana")
    sign_with_ssh(repo, key)
    allow(repo, f"{ADDRESS} {public(key)}")
    command = ["git", "prov", "run", "--trace", "off", "--", "true"]

    writers = [subprocess.Popen(command, cwd=repo.path, stderr=subprocess.DEVNULL) for _ in range(6)]

    assert [writer.wait() for writer in writers] == [0] * 6
    assert list(results(repo, "--all").values()) == ["good"] * 6


# --- judging ---


@pytest.mark.parametrize("signing", [ssh, openpgp], indirect=True)
def test_no_byte_of_a_signed_record_changes_unnoticed(
    repo: RepoBuilder, tmp_path: Path, signing: Callable[..., None]
) -> None:
    signing(repo)
    made = {number: _signed_alone(repo, number) for number in range(CHANGES)}
    untouched = RepoBuilder(tmp_path / "untouched")
    shutil.copytree(repo.path, untouched.path)
    assert results(untouched, "--all") == dict.fromkeys(map(record_id, made), "good")
    assert git_prov("verify", "--all", cwd=untouched.path).status == 0

    rng = random.Random(6)
    for number, commit in made.items():
        _put(repo, number, _changed(repo, commit, rng))
    told = git_prov("verify", "--all", "--json", cwd=repo.path)

    answer = json.loads(told.stdout)
    found = [one["result"] for one in answer["records"]]
    assert told.status == 1
    assert {"good", "vouched"}.isdisjoint(found)
    assert "bad" in found
    assert len(found) + len(answer["problems"]) == CHANGES, "what is not among the records is refused by name"


def _signed_alone(repo: RepoBuilder, number: int) -> str:
    """Write a signed record to a log of its own, as if fetched, and return its commit."""
    message = codec.message(run_record(number))
    commit = repo.git("commit-tree", "-S", repo.git("mktree"), stdin=message)
    _put(repo, number, commit)
    return commit


def _changed(repo: RepoBuilder, commit: str, rng: random.Random) -> str:
    raw = bytearray(repo.git_bytes("cat-file", "commit", commit))
    place = rng.randrange(len(raw))
    raw[place] = rng.choice([byte for byte in range(256) if byte != raw[place]])
    return repo.git("hash-object", "-t", "commit", "-w", "--stdin", "--literally", stdin=bytes(raw))


def _put(repo: RepoBuilder, number: int, commit: str) -> None:
    """Let a log name a commit; git itself would refuse one that is broken."""
    log = repo.path / ".git" / "refs" / "prov" / "remotes" / "origin" / "log" / f"w{number}"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text(f"{commit}\n", encoding="ascii")


@needs_ssh
def test_ssh_keys_that_expired_were_revoked_or_are_not_known_are_told_apart(repo: RepoBuilder, tmp_path: Path) -> None:
    key = ssh_key(tmp_path / "ana")
    sign_with_ssh(repo, key)
    run(repo)

    allow(repo, f'{ADDRESS} valid-before="20200101" {public(key)}')
    assert result(repo) == "expired-key"

    allow(repo, f"{ADDRESS} {public(key)}")
    revoked = repo.path / ".git" / "revoked"
    revoked.write_text(f"{public(key)}\n", encoding="utf-8")
    repo.git("config", "gpg.ssh.revocationFile", revoked)
    assert result(repo) == "revoked-key"
    revoked.write_text("", encoding="utf-8")
    assert result(repo) == "good"

    allow(repo, f"bo@example.org {public(ssh_key(tmp_path / 'bo'))}")
    assert result(repo) == "unknown-key"
    assert "allowedSignersFile" in git_prov("verify", cwd=repo.path).stderr


@needs_ssh
def test_an_ssh_key_is_judged_at_the_time_of_the_record(repo: RepoBuilder, tmp_path: Path) -> None:
    key = ssh_key(tmp_path / "ana")
    sign_with_ssh(repo, key)
    run(repo)
    when = repo.git("log", "-1", "--format=%cd", "--date=format:%Y%m%d", "--glob=refs/prov/log")

    allow(repo, f'{ADDRESS} valid-after="{int(when) - 10000}",valid-before="{int(when) + 10000}" {public(key)}')
    assert result(repo) == "good"
    allow(repo, f'{ADDRESS} valid-after="{int(when) + 10000}" {public(key)}')
    assert result(repo) == "unknown-key"
    assert "not valid yet" in git_prov("verify", cwd=repo.path).stdout


@needs_ssh
def test_without_a_list_of_keys_it_is_said_how_one_is_made(repo: RepoBuilder, tmp_path: Path) -> None:
    sign_with_ssh(repo, ssh_key(tmp_path / "ana"))
    run(repo)

    told = git_prov("verify", cwd=repo.path)

    assert told.status == 1
    assert told.stdout.startswith("unchecked")
    assert "git config --global gpg.ssh.allowedSignersFile" in told.stderr


@needs_gpg
def test_openpgp_keys_and_signatures_that_expired_or_were_revoked_are_told_apart(repo: RepoBuilder, gpg: Gpg) -> None:
    then = ("--faked-system-time", LONG_AGO)
    expired = gpg.key("Ana Lima <ana@example.org>", *then, lasts="1y")
    lasting = gpg.key("Ana Lima <ana@example.org>", "--yes", *then)
    sign_with_gpg(repo, expired)
    repo.git("config", "gpg.program", gpg.program(*then))
    run(repo)
    repo.git("config", "gpg.program", gpg.program(*then, "--default-sig-expire", "1d"))
    repo.git("config", "user.signingKey", lasting)
    run(repo)
    repo.git("config", "--unset", "gpg.program")
    run(repo)

    assert [result(repo, name) for name in ("@~2", "@~1", "@")] == ["expired-key", "expired-signature", "good"]

    gpg.revoke(lasting)
    assert result(repo) == "revoked-key"


@needs_gpg
def test_an_openpgp_key_counts_once_somebody_here_vouches_for_it(
    repo: RepoBuilder, gpg: Gpg, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = gpg.key()
    sign_with_gpg(repo, theirs)
    run(repo)
    exported = gpg.run("--armor", "--export", theirs)
    with keyring() as mine:
        monkeypatch.setenv("GNUPGHOME", str(mine.home))
        mine.key("Bo Ek <bo@example.org>")
        assert result(repo) == "unknown-key"
        mine.run("--import", stdin=exported)
        assert result(repo) == "untrusted-key"
        mine.run("--yes", "--quick-lsign-key", theirs)
        assert result(repo) == "good"


@pytest.mark.parametrize("signing", [ssh, openpgp], indirect=True)
def test_a_good_signature_of_somebody_else_is_not_the_word_of_whom_the_record_names(
    repo: RepoBuilder, signing: Callable[..., None]
) -> None:
    signing(repo)
    repo.git("config", "user.email", "bo@example.org")
    run(repo)

    told = git_prov("verify", cwd=repo.path)

    assert told.status == 1
    assert told.stdout.startswith("other-signer")
    assert ADDRESS in told.stdout
    assert "bo@example.org" in told.stdout


@needs_ssh
def test_a_mailmap_lets_nobody_sign_in_anothers_name(repo: RepoBuilder, tmp_path: Path) -> None:
    mallory = ssh_key(tmp_path / "mallory")
    sign_with_ssh(repo, mallory)
    allow(repo, f"mallory@example.org {public(mallory)}")
    repo.commit("mailmap", {".mailmap": f"Ana Lima <{ADDRESS}> <mallory@example.org>\n"})
    run(repo)

    assert result(repo) == "other-signer"


@needs_ssh
def test_who_vouches_for_other_bytes_vouches_for_nothing(repo: RepoBuilder, tmp_path: Path) -> None:
    run(repo)
    key = ssh_key(tmp_path / "ana")
    sign_with_ssh(repo, key)
    allow(repo, f"{ADDRESS} {public(key)}")
    [(run_id, _)] = results(repo).items()
    fields = {"at": "2026-01-02T03:04:05Z", "by": f"Ana Lima <{ADDRESS}>", "record": run_id, "entry": "0" * 40}
    wrong = {"kind": "signature", "schema": 1, "id": record_id(), **fields, "digest": "b3:" + "0" * 64}
    commit = repo.git("commit-tree", "-S", repo.git("mktree"), stdin=codec.message(wrong))
    _put(repo, 0, commit)

    told = git_prov("verify", run_id, cwd=repo.path)

    assert told.status == 1
    assert "other bytes" in told.stdout


@needs_ssh
def test_a_record_that_was_changed_is_not_vouched_for_by_signing_it_again(repo: RepoBuilder, tmp_path: Path) -> None:
    key = ssh_key(tmp_path / "ana")
    sign_with_ssh(repo, key)
    allow(repo, f"{ADDRESS} {public(key)}")
    commit = _signed_alone(repo, 1)
    raw = repo.git_bytes("cat-file", "commit", commit).replace(b'"train.py"', b'"brain.py"')
    _put(repo, 1, repo.git("hash-object", "-t", "commit", "-w", "--stdin", stdin=raw))

    refused = git_prov("sign", record_id(1), cwd=repo.path)

    assert refused.status == 128
    assert "changed after it was signed" in refused.stderr


def test_an_unsigned_clone_starts_no_program_for_signatures(repo: RepoBuilder) -> None:
    repo.git("config", "gpg.program", "/nonexistent")
    repo.git("config", "commit.gpgSign", "true")  # a record is signed for prov.sign alone

    assert run(repo).stderr == ""
    assert result(repo) == "unsigned"


@needs_ssh
def test_show_tells_of_the_signature(repo: RepoBuilder, tmp_path: Path) -> None:
    key = ssh_key(tmp_path / "ana")
    sign_with_ssh(repo, key)
    allow(repo, f"{ADDRESS} {public(key)}")
    run(repo)

    assert f"signed by {ADDRESS}" in git_prov("show", cwd=repo.path).stdout


# --- X.509 ---


def test_x509_certificates_sign_and_count_once_they_are_trusted(repo: RepoBuilder, gpg: Gpg) -> None:
    fingerprint = certificate(gpg)
    repo.git("config", "prov.sign", "true")
    repo.git("config", "gpg.format", "x509")
    repo.git("config", "user.signingKey", fingerprint)

    assert run(repo).stderr == ""
    told = json.loads(git_prov("verify", "--json", cwd=repo.path).stdout)["records"]

    assert [(one["result"], one["signature"]["format"]) for one in told] == [("good", "x509")]
    gpg.trust_certificate("")
    assert result(repo) == "untrusted-key"
