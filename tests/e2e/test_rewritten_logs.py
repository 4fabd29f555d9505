"""A log that somebody with access to a remote rewrites there: everybody is told which, and nothing is lost."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from support.program import git_prov
from support.repo import RepoBuilder
from support.templates import RepoMaker


class Team(NamedTuple):
    """A hub, whoever writes the log, and a colleague who has fetched it."""

    hub: RepoBuilder
    owner: RepoBuilder
    colleague: RepoBuilder
    log: str
    """The ref of the owner's log, on the hub."""
    newest: str
    """The short id of the newest run."""


@pytest.fixture
def team(make_repo: RepoMaker, tmp_path: Path) -> Team:
    owner = make_repo("owner")
    hub = owner.bare_remote(tmp_path / "hub")
    owner.git("push", "-q", "origin", "HEAD")
    git_prov("init", cwd=owner.path)
    for word in ("one", "two", "three"):
        git_prov("run", "--trace", "off", "--", "echo", word, cwd=owner.path)
    sync(owner)
    colleague = hub.clone(tmp_path / "colleague")
    git_prov("init", cwd=colleague.path)
    sync(colleague)
    [log] = hub.refs("refs/prov/log")
    return Team(hub, owner, colleague, log, hub.git("log", "-1", "--format=%s", log).split()[1])


def sync(repo: RepoBuilder) -> str:
    done = git_prov("sync", cwd=repo.path)
    assert done.status == 0, done.stderr
    return done.stderr


def drop(team: Team) -> None:
    """Take the newest record away."""
    team.hub.git("update-ref", team.log, f"{team.log}~1")


def alter(team: Team) -> None:
    """Let the newest record say something else."""
    raw = team.hub.git_bytes("cat-file", "commit", team.log).replace(b"three", b"seven")
    team.hub.git("update-ref", team.log, team.hub.git("hash-object", "-t", "commit", "-w", "--stdin", stdin=raw))


@pytest.mark.parametrize("attack", [drop, alter])
def test_a_colleague_is_told_by_name_and_keeps_the_records(team: Team, attack: Callable[[Team], None]) -> None:
    writer = team.log.rpartition("/")[2]
    attack(team)

    assert f"origin/log/{writer}: went back or was rewritten" in sync(team.colleague)

    for verb in (("verify", "--all"), ("doctor",)):  # and as long as it is so
        told = git_prov(*verb, cwd=team.colleague.path)
        said = told.stdout + told.stderr
        assert told.status == 1
        assert f"the log of writer {writer} on origin" in said
        assert "went back or was rewritten" in said
        assert team.newest in said
    kept = team.colleague.refs("refs/prov/kept/log")
    assert team.colleague.git("log", "-1", "--format=%s", *kept.values()).endswith("three")


@pytest.mark.parametrize("attack", [drop, alter])
def test_whoever_writes_the_log_is_told_and_loses_nothing(team: Team, attack: Callable[[Team], None]) -> None:
    attack(team)

    told = sync(team.owner)

    assert "the log of this clone on origin: went back or was rewritten" in told
    assert "copy of another" not in told
    commands = git_prov("ls", cwd=team.owner.path).stdout
    assert all(word in commands for word in ("echo one", "echo two", "echo three"))


def test_whoever_writes_a_log_that_was_removed_is_told_and_sends_it_again(team: Team) -> None:
    team.hub.git("update-ref", "-d", team.log)

    told = sync(team.owner)

    assert "the log of this clone on origin: was removed there; it is sent again" in told
    assert team.hub.git("log", "-1", "--format=%s", team.log).endswith("three")
    assert sync(team.owner) == ""


def test_a_log_that_is_whole_again_is_no_longer_amiss(team: Team) -> None:
    drop(team)
    sync(team.colleague)
    sync(team.owner)
    sync(team.colleague)

    told = git_prov("verify", "--all", cwd=team.colleague.path)

    assert "went back" not in told.stderr
    assert "holds them again" in git_prov("doctor", cwd=team.colleague.path).stdout


def test_a_plain_fetch_is_noticed_by_the_next_command(team: Team) -> None:
    drop(team)
    team.colleague.git("fetch", "-q")

    told = git_prov("ls", cwd=team.colleague.path)

    assert "went back or was rewritten" in told.stderr
    assert "echo three" in told.stdout
