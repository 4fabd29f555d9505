"""`git prov show` as people and programs meet it: all it writes, and its exit status."""

import json

import pytest

from gitprov.cli.main import main
from support.records import BY, append, record_id, run_record
from support.repo import RepoBuilder

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def project(repo: RepoBuilder, monkeypatch: pytest.MonkeyPatch) -> RepoBuilder:
    """A repository with two runs on its commit, in which the test stands."""
    code = {"commit": repo.head}
    append(
        repo.path,
        run_record(1, command=["python", "train.py", "--lr", "0.1"], code=code, output=[{"path": "model.json"}]),
        run_record(2, message="again", code=code),
    )
    monkeypatch.chdir(repo.path)
    return repo


def test_the_newest_run_is_shown_in_full(project: RepoBuilder, capfd: Capture) -> None:
    assert main(["show"]) == 0
    said, amiss = capfd.readouterr()
    assert amiss == ""
    assert said.startswith(
        f"run {record_id(2)} ok\n    python train.py\n\nCommit       {project.head[:12]} (main) first\n"
    )
    assert f"By           {BY}\nMessage      again\n" in said


@pytest.mark.usefixtures("project")
def test_a_run_is_shown_by_a_file_that_it_made(capfd: Capture) -> None:
    assert main(["show", "model.json"]) == 0
    assert capfd.readouterr().out.startswith(f"run {record_id(1)} ok\n")


def test_json_of_a_run_is_that_record_alone(project: RepoBuilder, capfd: Capture) -> None:
    assert main(["show", "@", "--json"]) == 0
    said, amiss = capfd.readouterr()
    assert amiss == ""
    record = {**run_record(2, message="again", code={"commit": project.head}), "input": [], "output": []}
    assert json.loads(said) == {"schema": 1, "records": [record]}


@pytest.mark.usefixtures("project")
def test_json_of_a_commit_is_all_its_records(capfd: Capture) -> None:
    assert main(["show", "--json", "HEAD"]) == 0
    document = json.loads(capfd.readouterr().out)
    assert [(record["kind"], record["id"]) for record in document["records"]] == [
        ("run", record_id(2)),
        ("run", record_id(1)),
    ]
    assert set(document) == {"schema", "records"}


def test_a_commit_without_records_is_an_empty_answer(project: RepoBuilder, capfd: Capture) -> None:
    bare = project.commit("nothing ran here", {"x": "y"})
    assert main(["show", "HEAD"]) == 0
    assert capfd.readouterr() == ("", f"note: no record belongs to commit {bare[:10]}\n")


@pytest.mark.usefixtures("project")
def test_what_names_nothing_is_fatal_with_a_hint(capfd: Capture) -> None:
    assert main(["show", "modle.json", "--json"]) == 128
    assert capfd.readouterr() == (
        "",
        "fatal: modle.json is no run, commit or output of a run\nhint: did you mean model.json?\n",
    )
