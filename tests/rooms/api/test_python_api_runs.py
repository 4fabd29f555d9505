"""Runs that a program records of itself, in this process, in real repositories."""

import asyncio
import json
import os
import sys
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

import gitprov
from gitprov.api.data.storing import open_store
from gitprov.api.python import observation, told
from gitprov.api.python.lines import JOURNAL, RUN
from gitprov.artifacts.hashing import digest_bytes
from support.records import session_in
from support.repo import RepoBuilder
from support.written import attachment, written


@pytest.fixture(autouse=True)
def _nothing_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has been warned yet; and this process is not observed, because it could never be so no longer."""
    monkeypatch.setattr(told, "_told", set())
    monkeypatch.setattr(observation, "_MOST", 0)


@pytest.fixture
def warned() -> Iterator[list[warnings.WarningMessage]]:
    """Collect the warnings of a test instead of failing with them."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield caught


@pytest.fixture
def here(repo: RepoBuilder, monkeypatch: pytest.MonkeyPatch) -> RepoBuilder:
    """Stand in a repository."""
    monkeypatch.chdir(repo.path)
    return repo


def test_a_run_records_what_it_was_told(here: RepoBuilder) -> None:
    here.write("train.py", "changed")
    with gitprov.run("warm-up helps", seed=7, tags=["baseline"], hypothesis="it does", params={"lr": 0.1}) as run:
        run.log_params({"model": {"layers": [2, 3]}}, depth=3)
        run.log_metrics({"val": {"loss": 0.5}}, step=1)
        run.log_metrics({"val": {"loss": float("nan")}}, step=2)
        gitprov.log_metrics(accuracy=0.9)
        gitprov.set_tags("late", "baseline")
    (record,) = written(here)
    assert record["id"] == run.id
    assert record["status"] == "ok"
    assert record["message"] == "warm-up helps"
    assert record["tags"] == ["baseline", "late"]
    assert record["seeds"]["declared"] == 7
    assert record["intent"] == {"hypothesis": "it does"}
    assert record["params"] == {"lr": 0.1, "model": {"layers": [2, 3]}, "depth": 3}
    assert record["metrics"] == {"val.loss": "NaN", "accuracy": 0.9}
    (series,) = record["series"]
    points = [json.loads(line) for line in attachment(here, series["digest"]).splitlines()]
    assert [(point["step"], point["value"]) for point in points] == [(1, 0.5), (2, "NaN")]
    assert record["code"]["base"] == here.head
    assert here.git("cat-file", "blob", f"{record['code']['commit']}:train.py") == "changed"
    assert record["command"] == sys.orig_argv
    assert record["environment"]["python"] == ".".join(map(str, sys.version_info[:3]))


def test_inputs_are_hashed_when_they_are_named_and_outputs_when_the_run_ends(here: RepoBuilder) -> None:
    data = here.write("data/in.csv", "before")
    with gitprov.run(outputs=["out.txt"]) as run:
        run.log_input("data/in.csv")
        data.write_text("after")
        run.log_output(Path("late.txt"))
        here.write("out.txt", "first")
        here.write("out.txt", "last")
        here.write("late.txt", "late")
    (record,) = written(here)
    assert record["input"] == [
        {"path": "data/in.csv", "digest": digest_bytes(b"before"), "size": 6, "files": 1, "how": "api"}
    ]
    assert [(entry["path"], entry["digest"], entry["how"]) for entry in record["output"]] == [
        ("late.txt", digest_bytes(b"late"), "api"),
        ("out.txt", digest_bytes(b"last"), "api"),
    ]


def test_files_outside_the_repository_are_marked_and_directories_have_their_listing(
    here: RepoBuilder, tmp_path: Path
) -> None:
    (tmp_path / "shards").mkdir()
    for name in "ab":
        (tmp_path / "shards" / name).write_text(name)
    with gitprov.run(inputs=[tmp_path / "shards"]):
        pass
    (record,) = written(here)
    (entry,) = record["input"]
    assert (entry["path"], entry["absolute"], entry["files"]) == (str(tmp_path / "shards"), True, 2)
    assert attachment(here, entry["digest"])


def test_a_file_that_is_not_there_is_missing_and_the_program_goes_on(
    here: RepoBuilder, warned: list[warnings.WarningMessage]
) -> None:
    with gitprov.run() as run:
        run.log_input("no.csv")
        run.log_metrics(done=1)
    (one,) = warned
    assert one.filename == __file__
    assert issubclass(one.category, gitprov.ProvWarning)
    assert "no.csv does not exist" in str(one.message)
    (record,) = written(here)
    assert record["metrics"] == {"done": 1}
    assert any("no.csv" in text for text in record["capture"]["missing"])


def test_an_exception_goes_through_and_is_named(here: RepoBuilder) -> None:
    @gitprov.run()
    def work() -> None:
        gitprov.log_metrics(loss=9)
        raise ValueError("no convergence")

    with pytest.raises(ValueError, match="no convergence"):
        work()
    (record,) = written(here)
    assert (record["status"], record["exit"], record["error"]) == ("failed", 1, "ValueError: no convergence")
    assert record["metrics"] == {"loss": 9}


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (SystemExit(), "ok", 0),
        (SystemExit(0), "ok", 0),
        (SystemExit(3), "failed", 3),
        (SystemExit("wrong"), "failed", 1),
        (KeyboardInterrupt(), "killed", 130),
    ],
)
def test_leaving_the_program_ends_the_run_as_it_ends_the_program(
    here: RepoBuilder, error: BaseException, status: str, code: int
) -> None:
    with pytest.raises(type(error)), gitprov.run():
        raise error
    (record,) = written(here)
    assert (record["status"], record["exit"]) == (status, code)


def test_a_run_inside_a_run_is_its_child_and_the_next_one_is_not(here: RepoBuilder) -> None:
    with gitprov.run("outer") as outer:
        with gitprov.run("inner") as inner:
            gitprov.log_metrics(loss=1)
        gitprov.log_metrics(mean=2)
        assert gitprov.current_run() is outer
    with gitprov.run("next"):
        pass
    found = {record["message"]: record for record in written(here)}
    assert found["inner"]["parents"] == [outer.id]
    assert found["inner"]["id"] == inner.id
    assert found["inner"]["metrics"] == {"loss": 1}
    assert found["outer"]["metrics"] == {"mean": 2}
    assert "parents" not in found["outer"]
    assert "parents" not in found["next"]
    assert gitprov.current_run() is None
    assert RUN not in os.environ
    assert JOURNAL not in os.environ


def test_each_call_of_a_decorated_function_is_a_run(here: RepoBuilder) -> None:
    @gitprov.run("train", tags=["fn"])
    def train(lr: float) -> float:
        """Train."""
        gitprov.log_params(lr=lr)
        return lr * 2

    assert train(0.1) == 0.2
    assert train(lr=0.2) == 0.4
    assert train.__doc__ == "Train."
    assert [record["params"] for record in written(here)] == [{"lr": 0.1}, {"lr": 0.2}]


def test_a_decorated_coroutine_or_generator_is_a_run_until_its_work_is_done(here: RepoBuilder) -> None:
    @gitprov.run("coroutine")
    async def fetch() -> str:
        await asyncio.sleep(0)
        gitprov.log_metrics(a=1)
        return "done"

    @gitprov.run("generator")
    def epochs() -> Iterator[int]:
        for epoch in range(2):
            gitprov.log_metrics(b=epoch)
            yield epoch

    @gitprov.run("asynchronous generator")
    async def stream() -> AsyncIterator[int]:
        gitprov.log_metrics(c=3)
        yield 1

    async def drain() -> list[int]:
        return [item async for item in stream()]

    assert asyncio.run(fetch()) == "done"
    assert list(epochs()) == [0, 1]
    assert asyncio.run(drain()) == [1]
    found = {record["message"]: (record["status"], record["metrics"]) for record in written(here)}
    assert found == {
        "coroutine": ("ok", {"a": 1}),
        "generator": ("ok", {"b": 1}),
        "asynchronous generator": ("ok", {"c": 3}),
    }


def test_expectations_are_judged_and_one_that_cannot_be_is_pointed_out(here: RepoBuilder) -> None:
    with (
        pytest.warns(gitprov.ProvWarning, match="accuracy is nice"),
        gitprov.run(expect=["accuracy >= 0.9", "accuracy is nice"]) as run,
    ):
        run.log_metrics(accuracy=0.95)
    (record,) = written(here)
    assert record["intent"] == {"expect": ["accuracy >= 0.9"], "verdict": "met"}


def test_a_file_of_results_is_read_when_this_run_wrote_it(here: RepoBuilder) -> None:
    here.write("old.json", '{"old": 1}')
    with pytest.warns(gitprov.ProvWarning, match="old.json"), gitprov.run(metrics=["new.json", "old.json"]):
        here.write("new.json", '{"auc": 0.8}')
    (record,) = written(here)
    assert record["metrics"] == {"auc": 0.8}


def test_what_is_no_number_is_pointed_out_once_and_the_rest_is_kept(
    here: RepoBuilder, warned: list[warnings.WarningMessage]
) -> None:
    with gitprov.run() as run:
        for _ in range(3):
            run.log_metrics(good=1, bad="high")
    said = "the metric 'bad' is not a number and is not recorded"
    assert [str(one.message) for one in warned] == [f"gitprov: {said}"]
    (record,) = written(here)
    assert record["metrics"] == {"good": 1}
    assert record["capture"]["missing"].count(said) == 1


def test_outside_a_run_a_program_is_warned_once_and_goes_on(
    here: RepoBuilder, warned: list[warnings.WarningMessage]
) -> None:
    gitprov.log_metrics(loss=1)
    gitprov.log_params(lr=1)
    gitprov.log_input("no.csv")
    gitprov.set_tags("a")
    (one,) = warned
    assert "log_metrics: no run is under way" in str(one.message)
    assert written(here) == []


def test_outside_a_repository_a_program_is_warned_once_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, warned: list[warnings.WarningMessage]
) -> None:
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        with gitprov.run("nowhere") as run:
            run.log_params(lr=0.1)
            gitprov.log_metrics(loss=1)
            assert gitprov.current_run() is run
            assert run.id == ""
    (one,) = warned
    assert "nothing is recorded: " in str(one.message)
    assert "git init" in str(one.message)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("here")
def test_where_git_is_not_installed_a_program_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.warns(gitprov.ProvWarning, match="nothing is recorded"), gitprov.run() as run:
        run.log_metrics(loss=1)
    assert run.id == ""


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_where_the_git_directory_cannot_be_written_a_program_goes_on(here: RepoBuilder) -> None:
    git = here.path / ".git"
    git.chmod(0o555)
    try:
        with pytest.warns(gitprov.ProvWarning), gitprov.run() as run:
            run.log_metrics(loss=1)
    finally:
        git.chmod(0o755)


def test_where_the_state_cannot_be_written_a_program_goes_on(here: RepoBuilder) -> None:
    here.write(".git/prov", "a file where our directory should be")
    with pytest.warns(gitprov.ProvWarning, match="nothing is recorded"), gitprov.run() as run:
        run.log_metrics(loss=1)
    assert run.id == ""


@pytest.mark.usefixtures("here")
def test_a_warning_that_is_made_an_error_does_not_stop_the_program(capsys: pytest.CaptureFixture[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        gitprov.log_metrics(loss=1)
    assert "no run is under way" in capsys.readouterr().err


def test_a_run_that_is_over_or_not_begun_says_so(here: RepoBuilder) -> None:
    run = gitprov.run()
    with pytest.warns(gitprov.ProvWarning, match="not begun"):
        run.log_params(a=1)
    with run:
        pass
    with pytest.warns(gitprov.ProvWarning, match="the run is over"):
        run.log_metrics(a=1)
    assert "params" not in written(here)[0]


def test_secrets_do_not_reach_the_record(here: RepoBuilder) -> None:
    token = "ghp_" + "aB3dE5gH7jK9mN1pQ3sT5vW7xY9zA1cD3eF5"

    @gitprov.run(f"with {token}")
    def work() -> None:
        gitprov.log_params(api_key="hunter22hunter22", note=token)
        gitprov.set_tags(token)
        raise RuntimeError(f"refused {token}")

    with pytest.raises(RuntimeError):
        work()
    (record,) = written(here)
    assert token not in json.dumps(record)
    assert "hunter22hunter22" not in json.dumps(record)


class _Figure:
    def savefig(self, path: object, *, dpi: int = 0) -> None:
        Path(str(path)).write_text(f"drawn at {dpi}")


class _Axes:
    figure = _Figure()


class _Image:
    def save(self, path: object) -> None:
        Path(str(path)).write_text("image")


def test_a_figure_is_saved_and_is_an_output(here: RepoBuilder) -> None:
    here.write("ready.png", "ready")
    with gitprov.run():
        gitprov.log_figure(_Figure(), "a.png", dpi=90)
        gitprov.log_figure(_Axes(), Path("b.png"))
        gitprov.log_figure(_Image(), "c.png")
        gitprov.log_figure("ready.png")
    (record,) = written(here)
    assert [entry["path"] for entry in record["output"]] == ["a.png", "b.png", "c.png", "ready.png"]
    assert record["output"][0]["digest"] == digest_bytes(b"drawn at 90")


def test_a_figure_is_saved_outside_a_run_as_well(here: RepoBuilder) -> None:
    with pytest.warns(gitprov.ProvWarning, match="no run is under way"):
        gitprov.log_figure(_Figure(), "a.png")
    assert (here.path / "a.png").read_text() == "drawn at 0"


@pytest.mark.usefixtures("here")
def test_what_is_no_figure_is_refused() -> None:
    with gitprov.run() as run, pytest.raises(TypeError, match="cannot save a int"):
        run.log_figure(3, "a.png")


def test_the_face_is_all_there_and_nothing_else() -> None:
    assert set(gitprov.__all__) <= set(dir(gitprov))
    assert all(getattr(gitprov, name) is not None for name in gitprov.__all__)
    with pytest.raises(AttributeError, match="no attribute 'log_metric'"):
        gitprov.log_metric  # type: ignore[attr-defined]  # noqa: B018 - that it is not there is the test


def test_what_the_repository_keeps_of_runs_is_kept_of_a_programs_own_as_well(here: RepoBuilder) -> None:
    here.write(".gitprov.toml", '[data]\nkeep = "outputs"\n')
    with gitprov.run("keep it"):
        gitprov.log_output(here.write("out/model.bin", b"weights"))

    store = open_store(session_in(here.path))
    assert store.read(digest_bytes(b"weights")) == b"weights"
