"""Notebooks, with the real Jupyter: the IPython extension, nbconvert and papermill."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from gitprov.capture.notebook import code_digest
from support.program import git_prov, run_program
from support.repo import RepoBuilder
from support.written import written

pytestmark = pytest.mark.e2e
pytest.importorskip("ipykernel", reason="needs ipykernel, nbconvert and papermill")
pytest.importorskip("nbconvert", reason="needs ipykernel, nbconvert and papermill")

EXECUTE = (sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute")


def make(repo: RepoBuilder, name: str, *sources: str, tags: tuple[str, ...] = ()) -> Path:
    """Write a notebook of code cells; `tags` are those of the first."""
    cells: list[dict[str, Any]] = [
        {"cell_type": "code", "execution_count": None, "outputs": [], "id": f"c{n}", "source": source, "metadata": {}}
        for n, source in enumerate(sources)
    ]
    cells[0]["metadata"] = {"tags": list(tags)}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return repo.write(name, json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": kernel, "cells": cells}))


def executed(repo: RepoBuilder, *sources: str, env: dict[str, str] | None = None, fails: bool = False) -> list[str]:
    """Execute cells in a kernel of their own, without `git prov run`, and return what each of them showed."""
    make(repo, "a.ipynb", *sources)
    allowed = ["--allow-errors"] if fails else []
    done = run_program(*EXECUTE, *allowed, "--output", "shown.ipynb", "a.ipynb", cwd=repo.path, env=env)
    assert done.status == 0, done.stderr
    return [shown(cell) for cell in json.loads((repo.path / "shown.ipynb").read_text())["cells"]]


def shown(cell: dict[str, Any]) -> str:
    texts = []
    for output in cell["outputs"]:
        found = output.get("text") or output.get("data", {}).get("text/plain") or output.get("traceback") or ""
        texts.append(found if isinstance(found, str) else "".join(found))
    return "".join(texts)


def test_what_cells_do_between_start_and_stop_is_a_run(repo: RepoBuilder) -> None:
    _, start, *_, status, stop = executed(
        repo,
        "%load_ext gitprov",
        "%prov start -m 'first try' --tag base --seed 3",
        "import gitprov; gitprov.log_params(lr=0.1)",
        "gitprov.log_metrics(accuracy=0.9)\nfrom threading import Thread\n"
        "worker = Thread(target=lambda: gitprov.log_metrics(threads=1)); worker.start(); worker.join()",
        "%prov status",
        "%prov stop",
    )
    (record,) = written(repo)
    assert (record["message"], record["tags"], record["status"]) == ("first try", ["base"], "ok")
    assert record["seeds"]["declared"] == 3
    assert record["params"] == {"lr": 0.1}
    assert record["metrics"] == {"accuracy": 0.9, "threads": 1}
    short = record["id"][:7]
    assert start == f"[git prov] run {short} is under way; it ends with: %prov stop\n"
    assert status == f"[git prov] run {short} is under way\n"
    assert stop == f"[git prov] run {short} ok; see: git prov show {short}\n"


def test_one_cell_is_a_run_and_shows_what_it_would_have(repo: RepoBuilder) -> None:
    _, said, after, quiet, _ = executed(
        repo,
        "%load_ext gitprov",
        "%%prov -m 'one cell'\nimport gitprov\nx = 20\ngitprov.log_metrics(x=x)\nx + 3",
        "x",
        "%%prov\nx;",
        "assert gitprov.current_run() is None",
    )
    one, other = written(repo)
    assert (one["message"], one["metrics"]) == ("one cell", {"x": 20})
    assert "metrics" not in other
    assert said.endswith("23")
    assert after == "20"
    assert not quiet.endswith("20")


def test_a_cell_that_fails_is_a_failed_run_and_fails_as_it_would_have(repo: RepoBuilder) -> None:
    _, failed, went_on = executed(repo, "%load_ext gitprov", "%%prov\n1 / 0", "'went on'", fails=True)
    (record,) = written(repo)
    assert (record["status"], record["error"]) == ("failed", "ZeroDivisionError: division by zero")
    assert "ZeroDivisionError" in failed
    assert went_on == "'went on'"


def test_the_notebook_is_named_with_its_code(repo: RepoBuilder) -> None:
    path = repo.path / "a.ipynb"
    cells = ("%load_ext gitprov", "%prov start", "1", "%prov stop")
    executed(repo, *cells, env={"JPY_SESSION_NAME": str(path)})
    (record,) = written(repo)
    assert record["notebooks"] == [{"path": "a.ipynb", "code": code_digest(str(path))}]
    assert record["command"][-1] == "a.ipynb"
    assert not any("cells that ran" in text for text in record["capture"].get("missing", []))


def test_cells_that_are_not_in_the_saved_notebook_are_missing(repo: RepoBuilder) -> None:
    saved = make(repo, "saved.ipynb", "%load_ext gitprov", "%prov start")
    executed(repo, "%load_ext gitprov", "%prov start", "1", "2", "%prov stop", env={"JPY_SESSION_NAME": str(saved)})
    (record,) = written(repo)
    assert "2 of the cells that ran: the notebook was not saved with them" in record["capture"].get("missing", [])


def test_a_kernel_that_does_not_know_its_notebook_says_so(repo: RepoBuilder) -> None:
    executed(repo, "import gitprov\nwith gitprov.run():\n    pass")
    (record,) = written(repo)
    assert "the notebook that this ran in: its kernel does not know the file" in record["capture"].get("missing", [])


def test_a_run_that_was_not_stopped_ends_with_its_kernel(repo: RepoBuilder) -> None:
    executed(repo, "%load_ext gitprov", "%prov start -m 'left open'")
    git_prov("ls", cwd=repo.path)
    (record,) = written(repo)
    assert record["message"] == "left open"
    assert record["capture"]["complete"] is False


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("%prov begin", "use: %prov start"),
        ("%prov start --seed many", "invalid literal for int"),
        ("%prov start --sed 3", "option --sed not recognized"),
        ("%prov start -m two words", "quote a value that has spaces"),
        ("%prov start -m 'open", "No closing quotation"),
        ("%prov stop", "no run is under way"),
        ("%%prov start\n1", "%%prov takes no word"),
    ],
)
def test_a_line_that_cannot_be_meant_is_answered_without_a_traceback(repo: RepoBuilder, line: str, words: str) -> None:
    _, answer = executed(repo, "%load_ext gitprov", line, fails=True)
    assert words in answer
    assert "Traceback" not in answer
    assert written(repo) == []


def test_outside_a_repository_the_cells_run_as_well(tmp_path: Path, repo: RepoBuilder) -> None:
    outside = RepoBuilder(tmp_path / "outside")
    _, said, result = executed(outside, "%load_ext gitprov", "%prov start", "1 + 1")
    assert "nothing is recorded" in said
    assert result == "2"
    assert written(repo) == []


def test_a_notebook_run_by_nbconvert_is_recorded_with_its_code(repo: RepoBuilder) -> None:
    path = make(repo, "a.ipynb", "import gitprov\ngitprov.log_metrics(accuracy=0.9)", "print('a')")
    code = code_digest(str(path))
    done = git_prov("run", "--", *EXECUTE, "--inplace", "a.ipynb", cwd=repo.path)
    assert done.status == 0, done.stderr
    (record,) = written(repo)
    assert record["notebooks"] == [{"path": "a.ipynb", "code": code}]
    assert record["metrics"] == {"accuracy": 0.9}
    assert "a\\n" in path.read_text()


def test_a_notebook_run_by_papermill_is_recorded_with_its_parameters(repo: RepoBuilder) -> None:
    pytest.importorskip("papermill")
    source = make(repo, "a.ipynb", "alpha = 0.1\nbeta = [1, 2]", "import gitprov\ngitprov.log_metrics(a=alpha)",
                      tags=("parameters",))  # fmt: skip
    command = (sys.executable, "-m", "papermill", "a.ipynb", "out/b.ipynb", "-p", "alpha", "0.7")
    (repo.path / "out").mkdir()
    done = git_prov("run", "--", *command, cwd=repo.path)
    assert done.status == 0, done.stderr
    (record,) = written(repo)
    assert [entry["path"] for entry in record["notebooks"]] == ["a.ipynb", "out/b.ipynb"]
    assert record["notebooks"][0]["code"] == code_digest(str(source))
    assert record["params"] == {"alpha": 0.7, "beta": [1, 2]}
    assert record["metrics"] == {"a": 0.7}
