"""`git prov ls` as people and programs meet it: all it writes, and its exit status."""

import json

import pytest

from gitprov.cli.main import main
from support.normalise import normalise
from support.records import append, record_id, run_record
from support.repo import RepoBuilder

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def project(repo: RepoBuilder, monkeypatch: pytest.MonkeyPatch) -> RepoBuilder:
    """A repository with three runs, in which the test stands."""
    code = {"commit": repo.head}
    append(
        repo.path,
        run_record(1, command=["python", "train.py", "--lr", "0.1"], metrics={"acc": 0.5}, code=code, tags=["x"]),
        run_record(2, status="failed", code={"commit": "7" * 40, "base": repo.head}),
        run_record(3, metrics={"acc": 0.75}, params={"lr": 1}),
    )
    monkeypatch.chdir(repo.path)
    return repo


def test_a_table_for_scripts_is_plain_and_whole(project: RepoBuilder, capfd: Capture) -> None:
    assert main(["ls"]) == 0
    said, amiss = capfd.readouterr()
    assert amiss == ""
    ids = {"one": record_id(1)[:7], "two": record_id(2)[:7], "three": record_id(3)[:7]}
    assert (
        normalise(said, commit=project.head[:7], **ids)
        == """\
id       when                  status  commit    command                    acc  tags
<three>  <time>  ok                python train.py           0.75
<two>  <time>  failed  <commit>+  python train.py
<one>  <time>  ok      <commit>   python train.py --lr 0.1   0.5  x
"""
    )


@pytest.mark.usefixtures("project")
def test_query_sort_columns_and_limit(capfd: Capture) -> None:
    assert main(["ls", "metrics.acc > 0.1", "--sort", "metrics.acc", "--columns", "metrics.acc,status", "-n", "1"]) == 0
    assert capfd.readouterr() == ("acc  status\n0.5  ok\n", "")
    assert main(["ls", "metrics.acc > 0.1", "--sort", "-metrics.acc", "--columns", "metrics.acc"]) == 0
    assert capfd.readouterr() == (" acc\n0.75\n 0.5\n", "")


def test_json_holds_the_records_as_they_are(project: RepoBuilder, capfd: Capture) -> None:
    assert main(["ls", "HEAD", "--json"]) == 0
    said, amiss = capfd.readouterr()
    assert amiss == ""
    one = run_record(
        1, command=["python", "train.py", "--lr", "0.1"], metrics={"acc": 0.5}, code={"commit": project.head}
    )
    two = run_record(2, status="failed", code={"commit": "7" * 40, "base": project.head})
    empty: dict[str, list[str]] = {"input": [], "output": []}
    assert json.loads(said) == {"schema": 1, "runs": [{**two, **empty}, {**one, **empty, "tags": ["x"]}]}


@pytest.mark.usefixtures("project")
def test_an_unreadable_query_is_wrong_usage_and_pointed_at(capfd: Capture) -> None:
    assert main(["ls", "metrics.acc >> 1", "--json"]) == 129
    said, amiss = capfd.readouterr()
    assert said == ""
    assert amiss == (
        "error: the query cannot be read: a value is missing before >\n"
        "  metrics.acc >> 1\n"
        "               ^\n"
        "hint: for example: git prov ls 'metrics.accuracy > 0.9 and status == \"ok\"'\n"
    )


@pytest.mark.usefixtures("project")
def test_an_empty_answer_says_why_if_that_is_known(capfd: Capture) -> None:
    assert main(["ls", "metrics.nope > 1"]) == 0
    assert capfd.readouterr() == ("", "note: no run has metrics.nope\n")
    assert main(["ls", "metrics.acc > 1", "--json"]) == 0
    assert capfd.readouterr() == ('{"schema": 1, "runs": []}\n', "")


def test_what_is_amiss_goes_to_standard_error_and_the_rest_is_shown(project: RepoBuilder, capfd: Capture) -> None:
    append(project.path, run_record(4, output=[{"path": "../../x"}]))
    assert main(["ls", "--columns", "id", "-n", "1"]) == 0
    said, amiss = capfd.readouterr()
    assert said == f"id\n{record_id(3)[:7]}\n"
    assert amiss.startswith("warning: skipped record in commit ")
    assert "climbs out of the repository" in amiss
    assert main(["ls", "--json"]) == 0
    document = json.loads(capfd.readouterr().out)
    assert len(document["runs"]) == 3
    assert "climbs out" in document["problems"][0]["reason"]


def test_git_decides_on_colour_where_it_pages_for_us(
    project: RepoBuilder, monkeypatch: pytest.MonkeyPatch, capfd: Capture
) -> None:
    monkeypatch.setenv("GIT_PAGER_IN_USE", "true")
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("TERM", "xterm")
    main(["ls"])
    said = capfd.readouterr().out
    assert "\x1b[1m" in said
    assert " ago" in said
    for name, value in (("NO_COLOR", "1"), ("TERM", "dumb")):
        with monkeypatch.context() as only_here:
            only_here.setenv(name, value)
            main(["ls"])
            assert "\x1b" not in capfd.readouterr().out
    project.git("config", "color.pager", "false")
    main(["ls"])
    assert "\x1b" not in capfd.readouterr().out
