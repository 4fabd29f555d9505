from pathlib import Path

from gitprov.api.reading import everything, fields
from gitprov.records.journal import Journal
from gitprov.records.layout import SUMMARY
from support.records import append, run_record, session_in
from support.repo import RepoBuilder


def test_records_are_read_oldest_first_runs_apart(repo: RepoBuilder) -> None:
    comment = {**run_record(3), "kind": "comment", "text": "well done", "run": run_record(1)["id"]}
    del comment["status"], comment["command"]
    append(repo.path, run_record(2), run_record(1), comment)

    read = everything(session_in(repo.path))

    assert [run.id for run in read.runs] == [run_record(1)["id"], run_record(2)["id"]]
    assert [record.kind for record in read.records] == ["run", "run", "comment"]
    assert read.problems == []


def test_the_views_are_brought_up_to_date_on_the_way(repo: RepoBuilder) -> None:
    append(repo.path, run_record(1, code={"commit": repo.head}))
    everything(session_in(repo.path))
    assert SUMMARY in repo.refs("refs/prov/view")


def test_a_run_that_was_abandoned_is_recorded_before_anything_is_read(repo: RepoBuilder) -> None:
    session = session_in(repo.path)
    run = {name: value for name, value in run_record(1).items() if name != "status"}
    Journal.begin(session.state, run).leave()

    (found,) = everything(session).runs

    assert found.id == run["id"]
    assert fields(found)["status"] == "killed"


def test_a_repository_that_cannot_be_written_is_read_as_it_is(repo: RepoBuilder) -> None:
    append(repo.path, run_record(1))
    session = session_in(repo.path)
    state = Path(session.state.root)
    state.rename(state.with_name("away"))
    state.write_text("a file where our directory was: nothing can be written below it")

    read = everything(session)

    assert [run.id for run in read.runs] == [run_record(1)["id"]]
    assert "what git log shows" in [problem.where for problem in read.problems]
    assert all("now: " in problem.reason for problem in read.problems)


def test_records_of_a_newer_program_are_counted_by_kind_and_schema(repo: RepoBuilder) -> None:
    append(repo.path, run_record(1), run_record(2, schema=7), run_record(3, schema=7), run_record(4, kind="dream"))

    read = everything(session_in(repo.path))

    assert [run.id for run in read.runs] == [run_record(1)["id"]]
    assert sorted(problem.reason.partition(":")[0] for problem in read.problems) == [
        "kind 'dream', schema 1",
        "kind 'run', schema 7",
    ]
    assert any(problem.where.endswith(" and 1 more") for problem in read.problems)


def test_a_run_has_inputs_and_outputs_even_if_it_has_none(repo: RepoBuilder) -> None:
    append(repo.path, run_record(1), run_record(2, output=[{"path": "a"}]))
    first, second = map(fields, everything(session_in(repo.path)).runs)
    assert (first["input"], first["output"]) == ([], [])
    assert (second["input"], second["output"]) == ([], [{"path": "a"}])
