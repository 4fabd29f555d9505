"""A push of branches is what it was, and the records go along."""

import json
import os
from pathlib import Path

import pytest

from support.gits import KINDS, Kind, use_git
from support.planted import plant_run
from support.program import Outcome, git_prov, run_program
from support.repo import RepoBuilder
from support.templates import RepoMaker

pytestmark = pytest.mark.e2e

OURS = ("refs/prov/log", "refs/prov/code", "refs/notes/prov")


@pytest.fixture(params=KINDS, autouse=True)
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Kind:
    kind: Kind = request.param
    use_git(kind, monkeypatch)
    return kind


@pytest.fixture
def hub(repo: RepoBuilder, tmp_path: Path) -> RepoBuilder:
    """The remote of `repo`, which is set up and has a run."""
    hub = repo.bare_remote(tmp_path / "hub.git")
    assert git_prov("init", "-q", cwd=repo.path) == Outcome(0, "", "")
    plant_run(repo.path)
    return hub


def push(repo: RepoBuilder, *args: str | Path) -> Outcome:
    return run_program("git", "push", *args, cwd=repo.path)


def kinds_of_refs(repo: RepoBuilder) -> set[str]:
    """The refs without the part that a writer or a tag is named by."""
    return {"/".join(ref.split("/")[:3]) for ref in repo.refs()}


def test_records_go_along_with_a_push_and_are_the_same_bytes_there(repo: RepoBuilder, hub: RepoBuilder) -> None:
    done = push(repo, "-q", "origin", "main")

    assert done == Outcome(0, "", "")
    assert hub.refs("refs/prov", "refs/notes") == repo.refs("refs/prov/log", "refs/prov/code", "refs/notes")
    assert hub.refs("refs/heads") == {"refs/heads/main": repo.head}
    hub.fsck()


def test_a_push_says_what_it_says_without_us(repo: RepoBuilder, hub: RepoBuilder, tmp_path: Path) -> None:
    other = RepoBuilder.init(tmp_path / "other.git", bare=True)
    ours = push(repo, "--porcelain", hub.path, "main", "main:next")
    plain = run_program(
        "git", "-c", "prov.push=false", "push", "--porcelain", other.path, "main", "main:next", cwd=repo.path
    )

    assert ours.status == plain.status == 0
    assert ours.stderr == plain.stderr
    assert ours.stdout.replace(str(hub.path), "URL") == plain.stdout.replace(str(other.path), "URL")
    assert not other.refs("refs/prov")


def test_a_push_with_nothing_new_to_send_does_not_start_python(
    repo: RepoBuilder, hub: RepoBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    push(repo, "-q", "origin", "main")
    repo.commit("next", {"next.txt": "next"})
    monkeypatch.setenv("PYTHONHOME", "/nowhere")  # no Python would start with this

    assert push(repo, "-q", "origin", "main") == Outcome(0, "", "")
    assert hub.refs("refs/heads") == {"refs/heads/main": repo.head}


def test_a_push_of_nothing_new_still_sends_a_new_run(repo: RepoBuilder, hub: RepoBuilder) -> None:
    push(repo, "-q", "origin", "main")
    plant_run(repo.path, "cd" * 16)

    assert push(repo, "origin", "main").status == 0
    assert hub.refs("refs/prov/log") == repo.refs("refs/prov/log")


def test_records_go_to_an_address_that_is_no_remote(repo: RepoBuilder, hub: RepoBuilder, tmp_path: Path) -> None:
    other = RepoBuilder.init(tmp_path / "over there.git", bare=True)

    assert push(repo, "-q", other.path.as_uri(), "main") == Outcome(0, "", "")
    assert kinds_of_refs(other) == {"refs/heads/main", *OURS}
    assert not hub.refs()


def test_each_address_of_a_remote_gets_the_records(repo: RepoBuilder, hub: RepoBuilder, tmp_path: Path) -> None:
    second = RepoBuilder.init(tmp_path / "second.git", bare=True)
    repo.git("remote", "set-url", "--add", "origin", second.path)

    assert push(repo, "-q", "origin", "main") == Outcome(0, "", "")
    assert hub.refs() == second.refs() != {}


@pytest.mark.parametrize("options", [("--dry-run",), ("-n",), ("-qn",), ("--porcelain", "--dry")])
def test_a_rehearsal_sends_nothing(repo: RepoBuilder, hub: RepoBuilder, options: tuple[str, ...]) -> None:
    assert push(repo, *options, "origin", "main").status == 0
    assert not hub.refs()


def test_a_rehearsal_through_an_alias_sends_nothing(repo: RepoBuilder, hub: RepoBuilder) -> None:
    repo.git("config", "alias.rehearse", "push --dry-run")

    assert run_program("git", "rehearse", "origin", "main", cwd=repo.path).status == 0
    assert not hub.refs()


def test_push_false_keeps_the_records_here(repo: RepoBuilder, hub: RepoBuilder) -> None:
    repo.git("config", "prov.push", "false")

    assert push(repo, "-q", "origin", "main") == Outcome(0, "", "")
    assert kinds_of_refs(hub) == {"refs/heads/main"}


def test_no_verify_skips_us_as_it_skips_every_hook(repo: RepoBuilder, hub: RepoBuilder) -> None:
    assert push(repo, "-q", "--no-verify", "origin", "main").status == 0
    assert kinds_of_refs(hub) == {"refs/heads/main"}


def test_all_tags_and_delete_do_what_they_do(repo: RepoBuilder, hub: RepoBuilder) -> None:
    repo.git("branch", "side")
    repo.git("tag", "v1")

    assert push(repo, "-q", "--all", "origin").status == 0
    assert push(repo, "-q", "--tags", "origin").status == 0
    assert push(repo, "-q", "--delete", "origin", "side").status == 0
    assert kinds_of_refs(hub) == {"refs/heads/main", "refs/tags/v1", *OURS}


def test_a_mirror_push_carries_our_refs_itself_and_we_stay_out_of_its_way(repo: RepoBuilder, hub: RepoBuilder) -> None:
    before = repo.refs()

    assert push(repo, "-q", "--mirror", "origin") == Outcome(0, "", "")
    assert hub.refs() == before
    plant_run(repo.path, "cd" * 16)
    assert push(repo, "-q", "--mirror", "origin") == Outcome(0, "", "")
    assert hub.refs("refs/prov/log") == repo.refs("refs/prov/log")


def test_notes_pushed_by_hand_are_not_pushed_twice_at_once(repo: RepoBuilder, hub: RepoBuilder) -> None:
    assert push(repo, "-q", "origin", "main", "refs/notes/*:refs/notes/*") == Outcome(0, "", "")
    assert hub.refs("refs/notes") == repo.refs("refs/notes")


def test_a_server_that_refuses_our_refs_costs_one_line_and_the_branch_arrives(
    repo: RepoBuilder, hub: RepoBuilder
) -> None:
    (hub.path / "hooks").mkdir(exist_ok=True)
    hook = hub.write("hooks/update", "#!/bin/sh\ncase $1 in refs/prov/*) echo no such refs here >&2; exit 1; esac\n")
    hook.chmod(0o755)

    done = push(repo, "--porcelain", "origin", "main")

    assert done.status == 0
    assert done.stdout.splitlines()[1:] == ["*\trefs/heads/main:refs/heads/main\t[new branch]", "Done"]
    assert "git prov: origin refused the records: [remote rejected] (hook declined)" in done.stderr
    assert kinds_of_refs(hub) == {"refs/heads/main", "refs/notes/prov"}
    assert "!! last push: origin refused refs/prov/" in git_prov("doctor", cwd=repo.path).stdout


def test_records_that_cannot_be_sent_leave_the_push_alone(repo: RepoBuilder, hub: RepoBuilder) -> None:
    # a git that fails where it would send records, and nowhere else
    helper = repo.write(
        "bin/git-receive-pack-once", '#!/bin/sh\n[ -z "$GIT_PROV_PUSHING" ] || exit 1\nexec git receive-pack "$@"\n'
    )
    helper.chmod(0o755)
    repo.git("config", "remote.origin.receivepack", str(helper))

    done = push(repo, "-q", "origin", "main")

    assert done.status == 0
    assert done.stderr.startswith("git prov: the records were not sent: git push")
    assert kinds_of_refs(hub) == {"refs/heads/main"}
    found = json.loads(git_prov("doctor", "--json", cwd=repo.path).stdout)["findings"]
    assert ["last push", False] in [[finding["name"], finding["ok"]] for finding in found]


def test_a_remote_that_gives_no_answer_is_given_up_with_all_its_helpers(repo: RepoBuilder, hub: RepoBuilder) -> None:
    helper = repo.write("bin/hangs", '#!/bin/sh\n[ -n "$GIT_PROV_PUSHING" ] || exec git receive-pack "$@"\nsleep 600\n')
    helper.chmod(0o755)
    repo.git("config", "remote.origin.receivepack", str(helper))
    repo.git("config", "prov.pushTimeout", "0.3")

    done = push(repo, "-q", "origin", "main")

    assert (done.status, done.stderr) == (
        0,
        "git prov: the records were not sent: git push gave no answer in 0.3 seconds\n",
    )
    assert kinds_of_refs(hub) == {"refs/heads/main"}


def test_a_branch_that_is_refused_is_refused_as_before(repo: RepoBuilder, hub: RepoBuilder, tmp_path: Path) -> None:
    other = repo.clone(tmp_path / "other")
    other.commit("elsewhere", {"a.txt": "a"})
    other.git("push", "-q", hub.path, "main")
    repo.commit("here", {"b.txt": "b"})

    done = push(repo, "--porcelain", "origin", "main")

    assert done.status == 1
    assert "!\trefs/heads/main:refs/heads/main\t[rejected] (fetch first)" in done.stdout
    assert hub.refs("refs/heads") == {"refs/heads/main": other.head}


@pytest.mark.usefixtures("hub")
def test_a_git_prov_that_is_gone_is_one_line_at_a_push_and_nothing_else(repo: RepoBuilder) -> None:
    for shim in (*repo.path.glob(".git/hooks/p*"), *repo.path.glob(".git/prov/hooks/p*")):
        if shim.suffix != ".sample":
            shim.write_text(shim.read_text().replace("git_prov=/", "git_prov=/gone/"))
    places = os.environ["PATH"].split(os.pathsep)
    without = {"PATH": os.pathsep.join(place for place in places if not (Path(place) / "git-prov").exists())}
    repo.commit("next", {"next.txt": "next"})

    assert run_program("git", "commit", "-q", "--amend", "--no-edit", cwd=repo.path, env=without) == Outcome(0, "", "")
    done = run_program("git", "push", "-q", "origin", "main", cwd=repo.path, env=without)

    assert done == Outcome(0, "", "git prov: git-prov is not installed here any more, so the records were not sent\n")


def test_a_remote_added_after_init_is_fetched_from_once_it_was_pushed_to(repo: RepoBuilder, tmp_path: Path) -> None:
    git_prov("init", "-q", cwd=repo.path)
    plant_run(repo.path)
    hub = repo.bare_remote(tmp_path / "late.git", "late")

    assert push(repo, "-q", "late", "main") == Outcome(0, "", "")
    assert kinds_of_refs(hub) == {"refs/heads/main", *OURS}
    assert "+refs/prov/log/*:refs/prov/remotes/late/log/*" in repo.git("config", "--get-all", "remote.late.fetch")


def test_a_push_before_any_run_does_nothing(repo: RepoBuilder, tmp_path: Path) -> None:
    hub = repo.bare_remote(tmp_path / "hub.git")
    git_prov("init", "-q", cwd=repo.path)

    assert push(repo, "-q", "origin", "main") == Outcome(0, "", "")
    assert kinds_of_refs(hub) == {"refs/heads/main"}


def test_a_push_from_a_bare_repository_sends_records(make_repo: RepoMaker, tmp_path: Path) -> None:
    source = make_repo("source")
    bare = source.clone(tmp_path / "bare.git", "--bare")
    git_prov("init", "-q", cwd=bare.path)
    plant_run(bare.path)
    hub = RepoBuilder.init(tmp_path / "hub.git", bare=True)

    assert push(bare, "-q", hub.path, "main") == Outcome(0, "", "")
    assert kinds_of_refs(hub) == {"refs/heads/main", *OURS}
