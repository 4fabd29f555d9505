"""`git prov data` as people and programs meet it: all it writes, and its exit status."""

import json
from pathlib import Path

import pytest

from gitprov.cli.main import main
from support.data import Clones, clones
from support.repo import RepoBuilder
from support.templates import RepoMaker

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def project(make_repo: RepoMaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clones:
    """A repository with data that are not added yet, in which the test stands."""
    made = clones(make_repo, tmp_path)
    made.ana.write("data/a.csv", "x\n1\n")
    made.ana.write("data/b.csv", "x\n2\n")
    monkeypatch.chdir(made.ana.path)
    return made


@pytest.mark.usefixtures("project")
def test_add_says_in_one_line_what_it_did(capfd: Capture) -> None:
    assert main(["data", "add", "data"]) == 0
    said, amiss = capfd.readouterr()
    assert (said.startswith("data: 2 files, 8 B, b3:"), said.count("\n"), amiss) == (True, 1, "")
    assert main(["data", "add", "data"]) == 0
    assert "nothing new" in capfd.readouterr().out


def test_add_warns_of_what_git_would_take_in(project: Clones, capfd: Capture) -> None:
    project.ana.write("plain.bin", "1")
    assert main(["data", "add", "plain.bin"]) == 0
    assert capfd.readouterr().err == (
        "note: plain.bin is not ignored by git: git add -A would take all of it in; "
        "keep it out: echo /plain.bin >> .gitignore\n"
    )


def test_status_answers_by_its_exit_status(project: Clones, capfd: Capture) -> None:
    assert main(["data", "status"]) == 0
    said, note = capfd.readouterr()
    assert (said, note.startswith("note: no data is known here yet; ")) == ("", True)
    assert note.endswith("git prov init, then git prov sync; to add some: git prov data add PATH\n")
    main(["data", "add", "data"])
    capfd.readouterr()
    assert main(["data", "status"]) == 0
    assert capfd.readouterr() == ("same  data\n", "")
    project.ana.write("data/a.csv", "x\n1\n5\n")
    assert main(["data", "status"]) == 1
    assert capfd.readouterr() == (
        "changed  data  1 changed, since it was added\n    changed  a.csv (1 row added)\n",
        "",
    )


@pytest.mark.usefixtures("project")
def test_every_reading_verb_answers_in_json(capfd: Capture) -> None:
    plurals = {
        ("add", "data"): "added",
        ("status",): "paths",
        ("push",): "pushes",
        ("ls",): "pointers",
        ("get", "data"): "paths",
        ("verify",): "places",
        ("verify", "--remote", "store"): "places",
        ("du",): "places",
        ("remote", "ls"): "remotes",
        ("relocate", "-n", "/nowhere", "/x"): "",
    }
    for words, plural in plurals.items():
        status = main(["data", *words, "--json"])
        said = capfd.readouterr().out
        assert (status, bool(said)) == ((0, True) if plural else (128, False)), words
        if plural:
            document = json.loads(said)
            assert document["schema"] == 1
            assert document[plural], words


def test_a_pointer_in_json_has_the_fields_of_the_format(project: Clones, capfd: Capture) -> None:
    main(["data", "add", "data", "--licence", "CC0-1.0"])
    main(["data", "push"])
    capfd.readouterr()
    main(["data", "ls", "--json"])
    (one,) = json.loads(capfd.readouterr().out)["pointers"]

    assert (one["paths"], one["kind"], one["files"], one["licence"]) == (["data"], "directory", 2, "CC0-1.0")
    assert one["copies"] == ["here", "store"]
    assert one["location"] == [{"kind": "remote", "remote": "store", "url": project.remote.as_uri()}]


def test_what_cannot_be_had_is_told_by_the_exit_status(project: Clones, tmp_path: Path, capfd: Capture) -> None:
    main(["data", "add", "data"])
    project.publish()
    ben = project.another(tmp_path / "ben")
    capfd.readouterr()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ben.path)
        assert main(["data", "get", "data"]) == 1
        assert "no copy was found of 2 of 2 files" in capfd.readouterr().out
        assert main(["data", "get", "--partial", "--json", "data"]) == 1
        assert json.loads(capfd.readouterr().out)["paths"][0]["missing"] == ["data/a.csv", "data/b.csv"]
        assert main(["data", "push", "data"]) == 1


def test_remotes_are_added_listed_and_taken_out(project: Clones, capfd: Capture) -> None:
    assert main(["data", "remote", "add", "s3", "s3://bucket/p", "-o", "profile=lab", "--default"]) == 0
    assert capfd.readouterr() == ("", "note: .gitprov.toml has it now; commit it, so that everybody has it\n")
    assert main(["data", "remote", "ls"]) == 0
    assert capfd.readouterr().out.splitlines() == [
        f"store  {project.remote}",
        f"s3     s3://bucket/p{' ' * (len(str(project.remote)) - 13)}  default",
    ]
    assert main(["data", "remote", "rm", "s3"]) == 0
    capfd.readouterr()
    main(["data", "remote", "ls", "--json"])
    assert [one["name"] for one in json.loads(capfd.readouterr().out)["remotes"]] == ["store"]


@pytest.mark.parametrize(
    ("words", "status", "amiss"),
    [
        (["nix"], 129, "'nix' is not a git prov data command"),
        (["pish"], 129, "did you mean 'push'"),
        (["get"], 129, "Missing argument"),
        (["add"], 129, "Missing argument"),
        (["get", "nix"], 128, "is no known data and no run"),
        (["get", "--to", "", "x"], 129, "--to names no directory"),
        (["get", "@"], 128, "there is no run yet"),
        (["get", "b3:ffffffff"], 128, "not the beginning of a known digest"),
        (["status", "nix"], 128, "neither here nor known"),
        (["push", "data", "nix"], 128, "is no known data and no run"),
        (["remote", "add", "x", "s3://u:secret@b/p"], 128, "holds a user or a password"),
        (["remote", "add", "a b", "/x"], 129, "cannot be a remote's name"),
        (["remote", "add", "x", "/x", "-o", "novalue"], 129, "KEY=VALUE"),
        (["remote", "rm", "nix"], 128, "no data remote 'nix'"),
        (["relocate", "/a", "/a"], 129, "two different addresses"),
        (["add", "--url", "https://x.org/a", "data", "data"], 129, "one file"),
    ],
)
@pytest.mark.usefixtures("project")
def test_what_cannot_be_done_says_why_and_what_next(capfd: Capture, words: list[str], status: int, amiss: str) -> None:
    assert main(["data", *words]) == status
    said, told = capfd.readouterr()
    assert said == ""
    assert amiss in told
    assert "secret" not in told


def test_without_a_remote_a_push_says_how_to_get_one(
    repo: RepoBuilder, monkeypatch: pytest.MonkeyPatch, capfd: Capture
) -> None:
    monkeypatch.chdir(repo.path)
    assert main(["data", "push"]) == 128
    assert capfd.readouterr().err == (
        "fatal: there is no data remote yet\nhint: add one: git prov data remote add NAME URL\n"
    )


def test_du_names_every_place(project: Clones, capfd: Capture) -> None:
    main(["data", "add", "data"])
    main(["data", "push"])
    capfd.readouterr()
    assert main(["data", "du"]) == 0
    said = capfd.readouterr().out
    assert [line.split("  ")[0] for line in said.splitlines()] == ["store", "remote store", "git data"]
    assert str(project.remote) in said


def test_relocate_says_what_moved(project: Clones, tmp_path: Path, capfd: Capture) -> None:
    main(["data", "add", "data"])
    main(["data", "push"])
    new = tmp_path / "new"
    project.remote.rename(new)
    capfd.readouterr()
    assert main(["data", "relocate", str(project.remote), str(new)]) == 0
    assert capfd.readouterr() == (
        f"remote store: {project.remote} -> {new}\n{project.remote} -> {new}: 1 copy\n",
        "",
    )
    assert main(["data", "verify", "--remote", "store"]) == 0
