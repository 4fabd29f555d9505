"""The examples of the page on Python do what the page says."""

import re
import sys
from pathlib import Path

import pytest

from support.program import git_prov, run_program
from support.repo import RepoBuilder
from support.written import written

pytestmark = pytest.mark.e2e

PAGE = (Path(__file__).parents[2] / "docs/reference/python.md").read_text()
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def project(repo: RepoBuilder) -> RepoBuilder:
    """Return a repository with the data that the examples read."""
    repo.commit("data", {"data/train.csv": "1,2\n", ".gitignore": "*.txt\n"})
    return repo


def test_the_page_has_examples() -> None:
    assert len(EXAMPLES) == 4


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_runs_without_a_word_in_a_run_and_alone(project: RepoBuilder, example: str) -> None:
    project.write("example.py", example)
    inside = git_prov("run", "--", sys.executable, "-W", "error", "example.py", cwd=project.path)
    assert (inside.status, inside.stderr) == (0, "")
    if "gitprov.run(" not in example:
        return
    alone = run_program(sys.executable, "-W", "error", "example.py", cwd=project.path)
    assert (alone.status, alone.stderr) == (0, "")
    assert all(record["status"] == "ok" for record in written(project))


def test_a_part_of_a_program_is_recorded_as_the_page_says(project: RepoBuilder) -> None:
    project.write("example.py", next(example for example in EXAMPLES if "a larger step" in example))
    said = run_program(sys.executable, "example.py", cwd=project.path).stdout
    (record,) = written(project)
    assert record["id"] == said.strip()
    assert [entry["path"] for entry in record["output"]] == ["model.txt"]
    assert "data/train.csv" in [entry["path"] for entry in record["input"]]
    assert (record["message"], record["tags"], record["params"]) == ("a larger step", ["baseline"], {"lr": 0.1})


def test_a_search_is_a_run_with_its_trials(project: RepoBuilder) -> None:
    project.write("example.py", next(example for example in EXAMPLES if "search" in example))
    run_program(sys.executable, "example.py", cwd=project.path)
    *trials, search = written(project)
    assert [trial["parents"] for trial in trials] == [[search["id"]]] * 2
    assert search["metrics"] == {"best": 0.01}
