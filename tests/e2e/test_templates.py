"""A template, an experiment, a run, and the rules that the template brought: the whole way, by the real program."""

import json
import sys
from pathlib import Path

import pytest

from support.program import git_prov
from support.repo import RepoBuilder
from support.templates import RepoMaker


@pytest.mark.parametrize("template", ["research", "course"])
def test_what_a_template_brings_passes_by_its_own_rules(make_repo: RepoMaker, template: str) -> None:
    repo = make_repo(empty=True)
    assert git_prov("init", "--template", template, cwd=repo.path).status == 0
    repo.commit("begin")
    made = git_prov("new", "x", "--hypothesis", "it holds", cwd=repo.path)
    script = made.stdout.rpartition(" ")[2].strip()

    ran = git_prov("run", "--experiment", "x", "--", sys.executable, script, cwd=repo.path)
    assert ran.status == 0, ran.stderr
    repo.git("add", "-A")
    checked = git_prov("check", cwd=repo.path)

    assert checked.status == 0
    assert "in order, by" in checked.stdout, checked.stdout
    intent = run_of(repo)["intent"]
    assert (intent["experiment"], intent["hypothesis"], intent["verdict"]) == ("x", "it holds", "met")
    assert "Experiment   x\n" in git_prov("show", cwd=repo.path).stdout
    assert git_prov("lint", cwd=repo.path).status == 0


def run_of(repo: RepoBuilder) -> dict[str, dict[str, str]]:
    """Return the one run of experiment x."""
    listed = git_prov("ls", 'intent.experiment == "x"', "--json", cwd=repo.path)
    (run,) = json.loads(listed.stdout)["runs"]
    found: dict[str, dict[str, str]] = run
    return found


def test_a_benchmark_compares_committed_code_on_its_data(make_repo: RepoMaker) -> None:
    repo = make_repo(empty=True)
    git_prov("init", "--template", "benchmark", cwd=repo.path)
    git_prov("new", "x", cwd=repo.path)
    repo.commit("begin")

    assert git_prov("run", "--experiment", "x", "--", "python3", "experiments/x/compare.py", cwd=repo.path).status == 0

    run = run_of(repo)
    assert "error.median.outliers" in run["metrics"]
    inputs = {item["path"] for item in run["input"]}  # type: ignore[index]
    assert inputs == {"experiments/x/datasets/calm.csv", "experiments/x/datasets/outliers.csv"}
    repo.git("add", "-A")
    said = git_prov("check", "--rule", "required-fields", "--rule", "clean-tree", cwd=repo.path).stdout
    assert "in order, by 2 rules" in said, said


def test_a_rule_that_is_not_met_names_the_experiment_in_what_mends_it(repo: RepoBuilder) -> None:
    git_prov("init", "-q", "--template", "research", cwd=repo.path)
    git_prov("new", "x", cwd=repo.path)
    git_prov("run", "--experiment", "x", "--", "python3", "experiments/x/run.py", cwd=repo.path)
    repo.git("add", "-A")

    said = git_prov("check", cwd=repo.path).stdout

    assert "says no hypothesis" in said
    assert "git prov run --experiment x --hypothesis '...' -- python3 experiments/x/run.py" in said


def test_a_malformed_experiment_stops_the_run_before_the_command(repo: RepoBuilder, tmp_path: Path) -> None:
    repo.write("experiments/x/experiment.toml", 'hypothesis = "h"\nsed = 1\n')

    ran = git_prov("run", "--experiment", "x", "--", "touch", tmp_path / "ran", cwd=repo.path)

    assert ran.status == 128
    assert "experiments/x/experiment.toml:2: sed is not known; did you mean 'seed'?" in ran.stderr
    assert not (tmp_path / "ran").exists()
    assert repo.refs("refs/prov/log") == {}


def test_a_command_below_an_experiment_is_no_part_of_it_without_the_word(repo: RepoBuilder) -> None:
    git_prov("new", "x", "--hypothesis", "h", cwd=repo.path)

    git_prov("run", "--", "python3", "experiments/x/run.py", cwd=repo.path)

    (run,) = json.loads(git_prov("ls", "--json", cwd=repo.path).stdout)["runs"]
    assert "intent" not in run


def test_a_killed_run_of_an_experiment_still_says_so(repo: RepoBuilder) -> None:
    repo.write("experiments/x/experiment.toml", 'hypothesis = "h"\nexpect = ["m > 1"]\n')

    git_prov("run", "--trace", "off", "--experiment", "x", "--", "sh", "-c", "kill -9 $PPID; exit 3", cwd=repo.path)

    assert run_of(repo)["intent"]["experiment"] == "x"
