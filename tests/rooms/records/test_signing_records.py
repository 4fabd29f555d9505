"""Signing while others write: each commit once, not for ever, and never at the price of the record."""

from pathlib import Path

import pytest

from gitprov.gitrepo.objects import Signature
from gitprov.records import writer
from gitprov.records.change import attempt
from gitprov.records.signing import NotSigned, Signing, configured
from gitprov.records.writer import Addition
from support.records import run_record, session_in
from support.repo import RepoBuilder
from support.signing import needs_ssh, sign_with_ssh, ssh_key

WHO = Signature("Ana Lima <ana@example.org>", 1767323045)


def signing_in(repo: RepoBuilder, key: Path, *, required: bool = False) -> Signing:
    sign_with_ssh(repo, key)
    return Signing(session_in(repo.path).repo, required=required)


@needs_ssh
def test_a_commit_that_lost_a_race_elsewhere_is_not_signed_again(repo: RepoBuilder, tmp_path: Path) -> None:
    key = ssh_key(tmp_path / "ana")
    signing, tree = signing_in(repo, key), repo.git("mktree")

    first = signing.commit(tree, [], WHO, b"words\n")
    key.unlink()

    assert signing.commit(tree, [], WHO._replace(seconds=WHO.seconds + 1), b"words\n") == first


@needs_ssh
def test_a_log_that_keeps_moving_ends_in_a_record_without_a_signature(repo: RepoBuilder, tmp_path: Path) -> None:
    signing, tree = signing_in(repo, ssh_key(tmp_path / "ana")), repo.git("mktree")
    made = [repo.head]
    while (commit := signing.commit(tree, made[-1:], WHO, b"words\n")) and len(made) < 20:
        made.append(commit)

    assert len(made) == 6
    assert "written by others" in signing.failed


@needs_ssh
def test_several_records_of_one_change_are_signed_each_on_the_one_before(repo: RepoBuilder, tmp_path: Path) -> None:
    sign_with_ssh(repo, ssh_key(tmp_path / "ana"))
    session = session_in(repo.path)

    commits = list(writer.append(session.repo, session.state, Addition(records=[run_record(1), run_record(2)])))

    assert repo.git("rev-parse", f"{commits[1]}^") == commits[0]
    assert all("gpgsig" in repo.git("cat-file", "commit", commit) for commit in commits)
    repo.fsck()


def test_what_must_be_signed_is_not_written_without(repo: RepoBuilder, tmp_path: Path) -> None:
    signing = signing_in(repo, tmp_path / "nowhere", required=True)
    session = session_in(repo.path)

    with pytest.raises(NotSigned, match="nowhere"):
        attempt(
            session.repo,
            session.state,
            lambda change: writer.add(change, "w", Addition(records=[run_record(1)])),
            signing,
        )

    assert repo.refs("refs/prov/log") == {}


@pytest.mark.parametrize(("value", "signs"), [("true", True), ("false", False), ("perhaps", True)])
def test_a_setting_that_cannot_be_read_does_not_silently_mean_no(repo: RepoBuilder, value: str, signs: bool) -> None:
    repo.git("config", "prov.sign", value)

    assert (configured(session_in(repo.path).repo) is not None) is signs
