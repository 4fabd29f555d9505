"""Fetch and push say what became of each ref, keep to themselves, never ask and never wait for ever."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from gitprov.errors import GitFailed
from gitprov.gitrepo.repo import Repo
from gitprov.gitrepo.transport import PUSHING, Pushed, fetch, push, remote_tips
from support.repo import RepoBuilder
from support.templates import RepoMaker

A, B = "refs/prov/log/a", "refs/prov/log/b"
SPEC = "refs/prov/log/*:refs/prov/log/*"


@pytest.fixture
def hub(repo: RepoBuilder) -> RepoBuilder:
    return repo.bare_remote(repo.path.parent / "hub.git")


def opened(repo: RepoBuilder, **environ: str) -> Repo:
    return Repo.open(str(repo.path), {**os.environ, **environ})


def sent(repo: RepoBuilder, *refspecs: str, remote: str = "origin") -> dict[str, Pushed]:
    return {one.ref: one for one in push(opened(repo), remote, refspecs or [SPEC], timeout=30)}


# --- push ---


def test_each_ref_stands_or_falls_alone(repo: RepoBuilder, hub: RepoBuilder) -> None:
    repo.git("update-ref", A, repo.head)
    repo.git("update-ref", B, repo.head)
    assert {ref: one.flag for ref, one in sent(repo).items()} == {A: "*", B: "*"}
    repo.git("update-ref", A, repo.commit("second"))
    repo.git("update-ref", B, repo.git("commit-tree", "HEAD^{tree}", "-m", "unrelated"))

    results = sent(repo)

    assert {ref: one.flag for ref, one in results.items()} == {A: " ", B: "!"}
    assert not results[A].refused
    assert results[B].refused
    assert not results[B].declined
    assert "non-fast-forward" in results[B].words
    assert hub.refs() == {A: repo.head, B: repo.git("rev-parse", "HEAD~1")}
    assert sent(repo)[A].flag == "="


def test_a_ref_that_the_other_side_does_not_want_is_declined(repo: RepoBuilder, hub: RepoBuilder) -> None:
    hub.write(
        "hooks/update", "#!/bin/sh\ncase $1 in refs/prov/*) echo no such refs here; exit 1;; esac\n", executable=True
    )
    repo.git("update-ref", A, repo.head)

    results = sent(repo, SPEC, "refs/heads/main:refs/heads/main")

    assert results[A].declined
    assert "hook declined" in results[A].words
    assert results["refs/heads/main"].flag == "*"


@pytest.mark.parametrize(
    ("words", "declined"),
    [
        ("[remote rejected] (pre-receive hook declined)", True),
        ("[remote rejected] (deny updating a hidden ref)", True),
        ("[remote rejected] (cannot lock ref 'x': is at 1 but expected 2)", False),
        ("[remote rejected] (failed to update ref)", False),
        ("[remote rejected] (incorrect old value provided)", False),
        ("[rejected] (fetch first)", False),
    ],
)
def test_a_lost_race_on_the_other_side_is_no_refusal_for_good(words: str, declined: bool) -> None:
    assert Pushed("!", A, words).declined is declined


def test_the_persons_hooks_and_push_settings_play_no_part(repo: RepoBuilder, hub: RepoBuilder) -> None:
    repo.write(".git/hooks/pre-push", "#!/bin/sh\nexit 1\n", executable=True)
    for setting in (
        "push.followTags=true",
        "push.default=matching",
        "remote.origin.push=refs/heads/main",
        "push.gpgSign=true",
    ):
        repo.git("config", *setting.split("="))
    repo.git("tag", "-a", "v1", "-m", "first")
    repo.git("update-ref", A, repo.head)

    assert [one.ref for one in push(opened(repo), "origin", [SPEC], timeout=30)] == [A]
    assert hub.refs() == {A: repo.head}


def test_a_push_tells_hooks_that_it_is_ours(repo: RepoBuilder, hub: RepoBuilder) -> None:
    told = repo.path.parent / "told"
    hub.write("hooks/post-receive", f'#!/bin/sh\nprintf %s "${PUSHING}" > "{told}"\n', executable=True)
    repo.git("update-ref", A, repo.head)

    sent(repo)

    assert told.read_text() == "1"


def test_a_name_may_hold_what_elsewhere_ends_a_line(repo: RepoBuilder, hub: RepoBuilder) -> None:
    strange = "refs/prov/log/a\u2028b"
    repo.git("update-ref", strange, repo.head)

    assert sent(repo)[strange].flag == "*"
    assert hub.git("rev-parse", strange) == repo.head


def test_a_remote_that_is_not_there_is_an_error_with_a_next_step(repo: RepoBuilder) -> None:
    repo.git("remote", "add", "origin", repo.path.parent / "gone.git")
    repo.git("update-ref", A, repo.head)

    with pytest.raises(GitFailed, match=r"^git push: .*gone\.git.* does not appear to be a git repository") as failed:
        sent(repo)
    assert "git remote -v" in failed.value.hint
    with pytest.raises(GitFailed, match=r"^git fetch"):
        fetch(opened(repo), "origin", ["+refs/prov/log/*:refs/prov/remotes/origin/log/*"], timeout=30)


def test_a_remote_whose_name_looks_like_an_option_is_none(repo: RepoBuilder, tmp_path: Path) -> None:
    with pytest.raises(GitFailed):
        fetch(opened(repo), f"--upload-pack=touch {tmp_path / 'hacked'}", ["refs/heads/main"], timeout=30)
    with pytest.raises(GitFailed):
        push(opened(repo), f"--receive-pack=touch {tmp_path / 'hacked'}", ["refs/heads/main"], timeout=30)
    with pytest.raises(GitFailed):
        remote_tips(opened(repo), f"--upload-pack=touch {tmp_path / 'hacked'}", [A], timeout=30)

    assert not (tmp_path / "hacked").exists()


# --- fetch ---


@pytest.mark.usefixtures("hub")
def test_a_fetch_brings_what_was_asked_for_and_nothing_else(repo: RepoBuilder) -> None:
    repo.git("tag", "v1")
    repo.git("push", "-q", "origin", f"HEAD:{A}", "HEAD:refs/heads/other", "v1")
    repo.git("config", "fetch.prune", "true")
    repo.git("tag", "-d", "v1")
    repo.git("update-ref", "-d", "refs/remotes/origin/other")
    repo.git("update-ref", "refs/prov/remotes/origin/log/gone", repo.head)

    fetch(opened(repo), "origin", ["+refs/prov/log/*:refs/prov/remotes/origin/log/*"], timeout=30)

    assert repo.refs("refs/prov", "refs/tags", "refs/remotes") == {
        "refs/prov/remotes/origin/log/a": repo.head,
        "refs/prov/remotes/origin/log/gone": repo.head,
    }
    assert not (repo.path / ".git/FETCH_HEAD").exists()


@pytest.mark.usefixtures("hub")
def test_an_empty_remote_has_nothing_to_bring(repo: RepoBuilder) -> None:
    fetch(opened(repo), "origin", ["+refs/prov/log/*:refs/prov/remotes/origin/log/*"], timeout=30)

    assert repo.refs("refs/prov") == {}


def test_a_sha256_repository_is_pushed_and_fetched(make_repo: RepoMaker) -> None:
    repo = make_repo(object_format="sha256")
    repo.bare_remote(repo.path.parent / "hub.git")
    repo.git("update-ref", A, repo.head)

    assert sent(repo)[A].flag == "*"
    fetch(opened(repo), "origin", ["+refs/prov/log/*:refs/prov/remotes/origin/log/*"], timeout=30)
    assert repo.refs("refs/prov/remotes") == {"refs/prov/remotes/origin/log/a": repo.head}


# --- asking what is there ---


def test_what_the_other_side_has_can_be_asked(repo: RepoBuilder, hub: RepoBuilder) -> None:
    repo.git("push", "-q", "origin", f"HEAD:{A}", f"HEAD:refs/other/{A}")

    assert remote_tips(opened(repo), "origin", [A, B], timeout=30) == {A: repo.head}
    assert remote_tips(opened(repo), str(hub.path), [B], timeout=30) == {}


# --- nobody to ask, nobody who answers ---


@pytest.fixture
def silent_host() -> Iterator[str]:
    """A host that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"git://127.0.0.1:{server.getsockname()[1]}/repo.git"


def test_a_host_that_says_nothing_is_given_up(repo: RepoBuilder, silent_host: str) -> None:
    repo.git("update-ref", A, repo.head)

    with pytest.raises(GitFailed, match=r"git push gave no answer in 0\.3 seconds"):
        push(opened(repo), silent_host, [SPEC], timeout=0.3)
    with pytest.raises(GitFailed, match="git fetch gave no answer"):
        fetch(opened(repo), silent_host, [SPEC], timeout=0.3)
    with pytest.raises(GitFailed, match="git ls-remote gave no answer"):
        remote_tips(opened(repo), silent_host, [A], timeout=0.3)


def recorder(repo: RepoBuilder, name: str) -> Path:
    """Make a program that notes down how it was called, and fails."""
    return repo.write(
        f".git/{name}",
        f'#!/bin/sh\nprintf "%s\\n" "$*" "prompt=$GIT_TERMINAL_PROMPT askpass=$GIT_ASKPASS" > "{repo.path}/.git/said"\n'
        f'(: < /dev/tty) 2> /dev/null && echo "has a terminal" >> "{repo.path}/.git/said"\nexit 255\n',
        executable=True,
    )


def said(repo: RepoBuilder) -> str:
    return (repo.path / ".git/said").read_text()


def test_unattended_ssh_is_told_not_to_ask(repo: RepoBuilder) -> None:
    ssh = recorder(repo, "ssh")

    with pytest.raises(GitFailed):
        push(
            opened(repo, PATH=f"{ssh.parent}{os.pathsep}{os.environ['PATH']}"),
            "ssh://host/repo",
            ["HEAD:x"],
            timeout=30,
        )

    assert "-o BatchMode=yes" in said(repo)
    assert "prompt=0 askpass=true" in said(repo)
    assert "has a terminal" not in said(repo)


def test_a_persons_own_ssh_is_used_as_it_is(repo: RepoBuilder) -> None:
    program = recorder(repo, "plink")
    repo.git("config", "core.sshCommand", f"{program} -v")
    repo.git("config", "ssh.variant", "simple")

    with pytest.raises(GitFailed):
        push(opened(repo), "ssh://host/repo", ["HEAD:x"], timeout=30)
    assert said(repo).startswith("-v host ")

    named = recorder(repo, "other")
    with pytest.raises(GitFailed):
        push(opened(repo, GIT_SSH_COMMAND=f"{named} -w"), "ssh://host/repo", ["HEAD:x"], timeout=30)
    assert "BatchMode" not in said(repo)
    assert said(repo).startswith("-w")


def test_an_attended_push_may_ask(repo: RepoBuilder) -> None:
    ssh = recorder(repo, "ssh")
    environ = {
        "PATH": f"{ssh.parent}{os.pathsep}{os.environ['PATH']}",
        "GIT_ASKPASS": "mine",
        "GIT_TERMINAL_PROMPT": "1",
    }

    with pytest.raises(GitFailed):
        push(opened(repo, **environ), "ssh://host/repo", ["HEAD:x"], timeout=30, attended=True)

    assert "BatchMode" not in said(repo)
    assert "prompt=1 askpass=mine" in said(repo)
