"""The entry of the hooks: whatever goes wrong, the answer is 0, and what is said is a line or two."""

import io
import os
from pathlib import Path

import pytest

from gitprov.hooks.entry import run
from support.planted import plant_run
from support.program import git_prov
from support.repo import RepoBuilder


@pytest.fixture
def hub(repo: RepoBuilder, tmp_path: Path) -> RepoBuilder:
    hub = repo.bare_remote(tmp_path / "hub.git")
    git_prov("init", "-q", cwd=repo.path)
    plant_run(repo.path)
    return hub


def push(repo: RepoBuilder, url: Path, *, pushed: bytes = b"", environ: dict[str, str] | None = None) -> int:
    return run("pre-push", ["origin", str(url)], {**os.environ, **(environ or {})}, str(repo.path), io.BytesIO(pushed))


def test_records_are_sent(repo: RepoBuilder, hub: RepoBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    assert push(repo, hub.path) == 0
    assert len(hub.refs("refs/prov")) == 2
    assert capsys.readouterr() == ("", "")


def test_a_push_of_ours_does_not_start_another(repo: RepoBuilder, hub: RepoBuilder) -> None:
    assert push(repo, hub.path, environ={"GIT_PROV_PUSHING": "1"}) == 0
    assert not hub.refs()


@pytest.mark.parametrize("ref", ["refs/prov/log/x", "refs/notes/prov"])
def test_a_push_that_carries_our_refs_by_itself_is_not_crossed(repo: RepoBuilder, hub: RepoBuilder, ref: str) -> None:
    line = f"{ref} {repo.head} {ref} {'0' * 40}\n".encode()
    assert push(repo, hub.path, pushed=b"refs/heads/\xff x refs/heads/\xff y\n" + line) == 0
    assert not hub.refs()


def test_a_setting_that_makes_no_sense_is_said(
    repo: RepoBuilder, hub: RepoBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    repo.git("config", "prov.pushTimeout", "soon")

    assert push(repo, hub.path) == 0
    assert capsys.readouterr().err == (
        "git prov: git config prov.pushTimeout is 'soon', not a number\n"
        "git prov: hint: give it in seconds: git config prov.pushTimeout 60\n"
    )


def test_what_cannot_be_read_is_said(repo: RepoBuilder, hub: RepoBuilder, capsys: pytest.CaptureFixture[str]) -> None:
    repo.write(".git/prov/install.json", "{")

    assert push(repo, hub.path) == 0
    assert capsys.readouterr().err.startswith("git prov: what init wrote down cannot be read: ")


def test_outside_a_repository_nothing_breaks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("post-commit", [], os.environ, str(tmp_path)) == 0
    assert capsys.readouterr().err.startswith("git prov: not a git repository")


def test_escape_sequences_of_a_server_do_not_reach_the_terminal(
    repo: RepoBuilder, hub: RepoBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    evil = hub.path.with_name("evil\x1b[31m")

    assert push(repo, evil) == 0
    repo.git("remote", "set-url", "origin", evil)
    assert push(repo, evil) == 0
    assert "\x1b" not in capsys.readouterr().err
