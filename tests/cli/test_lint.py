"""`git prov lint`, in words."""

import json

import pytest

from gitprov.cli.main import main
from support.records import append, record_id, run_record
from support.repo import RepoBuilder

Words = pytest.CaptureFixture[str]
SOMEWHERE = "a path from the top of the repository, or an option or variable that says where"


@pytest.fixture(autouse=True)
def _here(repo: RepoBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repo.path)


def test_a_tidy_repository_gets_no_advice(capsys: Words) -> None:
    assert main(["lint"]) == 0
    assert capsys.readouterr() == ("2 files: nothing to advise\n", "")


def test_each_piece_is_a_line_with_its_place_what_why_and_what_instead(repo: RepoBuilder, capsys: Words) -> None:
    repo.commit("untidy", {"conf/a.yaml": "x: 1\ny: /home/ana/data\n", "my a.md": ""})
    append(
        repo.path,
        run_record(1, command=["/home/ana/bin/python", "x.py", "--data=/mnt/disk/d"], params={"o": {"p": "~/x"}}),
    )

    assert main(["lint"]) == 1

    run = f"run {record_id(1)[:7]}"
    assert capsys.readouterr().out.splitlines() == [
        f"conf/a.yaml:2: has /home/ana/data: it is in one person's home directory; instead: {SOMEWHERE}",
        "my a.md: has a space in its name: scripts and commands take it for two names; instead: call it my-a.md",
        f"{run}: has /mnt/disk/d in its command: it is on one machine only; instead: {SOMEWHERE}",
        f"{run}: has ~/x in its params.o.p: it is in one person's home directory; instead: {SOMEWHERE}",
        "4 files and 1 run: 4 pieces of advice",
    ]


def test_much_of_one_kind_is_counted_and_all_of_it_is_in_the_document(repo: RepoBuilder, capsys: Words) -> None:
    repo.commit("untidy", {f"a {number:02}.txt": "" for number in range(30)} | {"Untitled.ipynb": "{}"})

    assert main(["lint"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 13
    assert lines[-2:] == ["and 20 more: git prov lint --json", "33 files: 31 pieces of advice"]

    assert main(["lint", "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == 1
    assert len(document["advice"]) == 31
    assert document["advice"][0].keys() == {"rule", "path", "line", "what", "why", "instead"}


def test_paths_limit_it_and_are_meant_from_here(
    repo: RepoBuilder, monkeypatch: pytest.MonkeyPatch, capsys: Words
) -> None:
    repo.commit("untidy", {"sub/a b.txt": "", "c d.txt": "", "sub/ok": ""})
    append(repo.path, run_record(1, command=["x", "/home/ana/x"]))
    monkeypatch.chdir(repo.path / "sub")

    assert main(["lint", "."]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "2 files: 1 piece of advice"
    assert main(["lint", "ok"]) == 0
    assert main(["lint", "../README.md"]) == 0
    capsys.readouterr()

    assert main(["lint", "nope"]) == 128
    assert capsys.readouterr().err == "fatal: nothing is tracked at nope\nhint: see what is: git ls-files\n"
    assert main(["lint", "../.."]) == 129


def test_what_is_ignored_is_not_looked_at(repo: RepoBuilder, capsys: Words) -> None:
    repo.commit(
        "untidy",
        {"vendor/a b.txt": "", "vendor/x.json": '"/home/a/b"', ".gitprov.toml": '[lint]\nignore = ["vendor/"]\n'},
    )

    assert main(["lint"]) == 0
    assert capsys.readouterr().out == "3 files: nothing to advise\n"


def test_what_is_not_tracked_not_a_file_or_about_machines_is_not_read(repo: RepoBuilder, capsys: Words) -> None:
    bad = "x: /home/ana/y\n"
    repo.commit("files", {".github/w.yml": bad, "docker-compose.yml": bad, "a.py": bad, "big.json": bad * 30_000})
    repo.commit("more", {"binary.cfg": b"\xff" + bad.encode(), "gone.toml": bad})
    (repo.path / "gone.toml").unlink()
    (repo.path / "link.yaml").symlink_to("a.py")
    repo.git("add", "link.yaml")
    repo.write("untracked.yaml", bad)

    assert main(["lint"]) == 0
    assert "nothing to advise" in capsys.readouterr().out


def test_runs_that_reproduce_another_are_passed_over(repo: RepoBuilder, capsys: Words) -> None:
    append(repo.path, run_record(1, command=["x", "/tmp/place/x"], reproduces="a" * 32))

    assert main(["lint"]) == 0
    assert capsys.readouterr().out == "2 files: nothing to advise\n"
