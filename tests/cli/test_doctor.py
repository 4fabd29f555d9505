"""`git prov doctor`: finds each thing that can be missing, and says how to mend it; what it says mends it."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from gitprov.api.setup.places import EVENTS
from gitprov.capture.strace.available import Answer
from gitprov.cli.main import main
from support.gits import use_git
from support.planted import plant_run
from support.repo import RepoBuilder

Words = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _here(repo: RepoBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    use_git("hook files", monkeypatch)
    monkeypatch.chdir(repo.path)


@pytest.fixture
def hub(repo: RepoBuilder, tmp_path: Path) -> RepoBuilder:
    hub = repo.bare_remote(tmp_path / "hub.git")
    assert main(["init", "-q"]) == 0
    plant_run(repo.path)
    return hub


def test_why_strace_does_not_watch_is_said_and_is_nothing_amiss(capsys: Words, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "gitprov.api.doctor.machine.available", lambda *_: Answer("", "strace is not allowed to trace here")
    )

    main(["doctor"])

    line = next(line for line in capsys.readouterr().out.splitlines() if "strace" in line)
    assert line.startswith(
        "-- strace: strace is not allowed to trace here; of a run, the files that Python opens are seen"
    )
    assert "strace" not in amiss(capsys)


def amiss(capsys: Words) -> dict[str, list[str]]:
    """What doctor finds amiss, with summary and mend; the exit status must agree."""
    capsys.readouterr()
    status = main(["doctor", "--json"])
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == 1
    found = {each["name"]: [each["summary"], each["mend"]] for each in document["findings"] if each["ok"] is False}
    assert status == (1 if found else 0)
    assert all(mend for _, mend in found.values())
    return found


def test_a_clone_that_is_well_is_told_so_line_by_line(
    repo: RepoBuilder, hub: RepoBuilder, capsys: Words, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gitprov.api.doctor.machine.available", lambda *_: Answer("/usr/bin/strace"))
    repo.git("push", "-q", "origin", "main")
    assert hub.refs("refs/prov")

    assert main(["doctor"]) == 0

    said = capsys.readouterr().out
    version = repo.git("version").split()[2]
    program = shutil.which("git-prov")
    assert said == (
        f"ok git: version {version}\n"
        f"ok git-prov: {program}\n"
        "ok clock: no commit is from the future\n"
        "ok strace: sees the files of every program of a run\n"
        "ok hook pre-push, pre-commit, pre-merge-commit, commit-msg, post-commit, post-merge, post-rewrite, "
        "post-checkout: in place\n"
        "ok fetch origin: brings records\n"
        "ok git log: shows runs\n"
        "ok last push: origin took the records\n"
        "ok writer: no other clone is known to write under this one's name\n"
        "ok views: git log and the notes show every record\n"
    )


def test_a_clone_that_is_not_set_up_is_told_how(capsys: Words) -> None:
    assert main(["doctor"]) == 1
    assert "!! hooks: this clone is not set up\n     git prov init\n" in capsys.readouterr().out


def _remove_hook(repo: RepoBuilder) -> None:
    (repo.path / ".git/hooks/pre-push").unlink()


def _replace_hook(repo: RepoBuilder) -> None:
    repo.write(".git/hooks/pre-push", "#!/bin/sh\n")


def _forbid_hook(repo: RepoBuilder) -> None:
    (repo.path / ".git/hooks/pre-push").chmod(0o644)


def _stale_program(repo: RepoBuilder) -> None:
    path = repo.path / ".git/hooks/pre-push"
    path.write_text(path.read_text().replace("git_prov=/", "git_prov=/gone/"))


def _remove_refspec(repo: RepoBuilder) -> None:
    repo.git(
        "config", "--fixed-value", "--unset", "remote.origin.fetch", "+refs/prov/log/*:refs/prov/remotes/origin/log/*"
    )


def _rename_remote(repo: RepoBuilder) -> None:
    repo.git("remote", "rename", "origin", "up")


def _remove_display(repo: RepoBuilder) -> None:
    repo.git("config", "--unset-all", "notes.displayRef")


MISHAPS: dict[str, tuple[Callable[[RepoBuilder], None], str]] = {
    "hook pre-push": (_remove_hook, "is gone"),
    "hook pre-push ": (_replace_hook, "another tool has put its own in its place"),
    "hook pre-push  ": (_forbid_hook, "is not executable"),
    "hook pre-push   ": (_stale_program, "the git-prov it was set up with is gone"),
    "fetch origin": (_remove_refspec, "does not bring all records"),
    "fetch up": (_rename_remote, "files its records under a name the remote had before"),
    "git log": (_remove_display, "does not show runs"),
}


@pytest.mark.parametrize("name", MISHAPS)
@pytest.mark.usefixtures("hub")
def test_what_init_put_in_and_is_gone_is_found_and_mended_by_init(repo: RepoBuilder, name: str, capsys: Words) -> None:
    happen, words = MISHAPS[name]
    assert amiss(capsys) == {}

    happen(repo)

    found = amiss(capsys)
    assert [*found] == [name.strip()]
    summary, mend = found[name.strip()]
    assert words in summary
    assert mend == "git prov init"
    assert main(["init", "-q"]) == 0
    assert amiss(capsys) == {}


@pytest.mark.usefixtures("hub")
def test_hooks_that_git_looks_for_elsewhere_are_found_missing(repo: RepoBuilder, capsys: Words) -> None:
    repo.git("config", "core.hooksPath", "elsewhere")

    assert {*amiss(capsys)} == {f"hook {event}" for event in EVENTS}

    assert main(["init", "-q"]) == 0
    assert amiss(capsys) == {}


@pytest.mark.usefixtures("hub")
def test_a_push_setting_with_our_refs_is_named(repo: RepoBuilder, capsys: Words) -> None:
    repo.git("config", "--add", "remote.origin.push", "refs/prov/*:refs/prov/*")

    summary, mend = amiss(capsys)["push origin"]

    assert summary == "remote.origin.push has refs/prov/*:refs/prov/*"
    repo.git("-c", f"alias.mend=!{mend}", "mend")
    assert amiss(capsys) == {}


@pytest.mark.usefixtures("hub")
def test_a_git_prov_that_git_does_not_find_is_named(capsys: Words, monkeypatch: pytest.MonkeyPatch) -> None:
    places = os.environ["PATH"].split(os.pathsep)
    monkeypatch.setenv("PATH", os.pathsep.join(place for place in places if not (Path(place) / "git-prov").exists()))

    assert amiss(capsys) == {
        "git-prov": ["is not on PATH, so git does not know `git prov`", "add its directory to PATH"]
    }


@pytest.mark.usefixtures("hub")
def test_a_clock_that_is_far_behind_is_named(repo: RepoBuilder, capsys: Words) -> None:
    repo.git("commit", "-q", "--allow-empty", "-m", "later", env={"GIT_COMMITTER_DATE": "2099-01-01T00:00:00Z"})

    summary, _ = amiss(capsys)["clock"]

    assert summary.startswith("the newest commit of refs/heads/main is ")


def test_a_copied_clone_is_told_and_mended_by_init(
    repo: RepoBuilder, hub: RepoBuilder, tmp_path: Path, capsys: Words, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(repo.path, tmp_path / "copy", symlinks=True)
    monkeypatch.chdir(tmp_path / "copy")

    assert amiss(capsys) == {
        "writer": [f"this clone is a copy of {repo.path}/.git, and writes under its name", "git prov init"]
    }
    assert main(["init", "-q"]) == 0
    assert amiss(capsys) == {}
    RepoBuilder(tmp_path / "copy").git("push", "-q", "origin", "main")
    assert len(hub.refs("refs/prov/log")) == 1


@pytest.mark.usefixtures("hub")
def test_locks_left_behind_are_named_and_locks_at_work_are_not(repo: RepoBuilder, capsys: Words) -> None:
    lock = repo.write(".git/refs/prov/log/x.lock")
    assert amiss(capsys) == {}
    os.utime(lock, (0, 0))

    summary, mend = amiss(capsys)["lock"]

    assert summary.startswith(f"{lock} was left behind ")
    assert mend == f"rm '{lock}'"


def test_views_that_are_behind_are_named(repo: RepoBuilder, hub: RepoBuilder, capsys: Words) -> None:
    assert hub.refs() == {}
    plant_run(repo.path, "cd" * 16, refresh=False)

    assert {*amiss(capsys)} == {"views"}

    repo.git("commit", "-q", "--amend", "-m", "better words")  # the hook sees that the tree is a run's
    assert amiss(capsys) == {}


@pytest.mark.usefixtures("hub")
def test_what_was_set_aside_is_shown_until_it_was_seen(repo: RepoBuilder, capsys: Words) -> None:
    repo.git("update-ref", "refs/prov/kept/notes", "HEAD")

    summary, mend = amiss(capsys)["set aside"]

    assert summary.startswith("refs/prov/kept/notes holds what was set aside")
    repo.git(*mend.partition("once seen: git ")[2].split())
    assert "set aside" not in amiss(capsys)


def test_a_shallow_clone_is_told_what_that_means(
    repo: RepoBuilder, tmp_path: Path, capsys: Words, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.commit("next", {"next.txt": "next"})
    shallow = repo.clone(tmp_path / "shallow", "--depth=1")
    monkeypatch.chdir(shallow.path)
    main(["init", "-q"])
    capsys.readouterr()

    assert main(["doctor"]) == 0

    assert "-- history: a shallow clone does not fetch the code of other people's runs\n" in capsys.readouterr().out


@pytest.mark.usefixtures("hub")
def test_records_that_are_kept_here_on_purpose_are_no_fault(repo: RepoBuilder, capsys: Words) -> None:
    repo.git("config", "prov.push", "false")

    assert main(["doctor"]) == 0

    assert (
        "-- push: prov.push is false: records stay here\n     git config --unset prov.push\n" in capsys.readouterr().out
    )
