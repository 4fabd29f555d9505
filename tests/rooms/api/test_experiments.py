"""Experiments that are made from templates, and runs that go by them."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gitprov.api.experiments.asked import filled
from gitprov.api.experiments.making import make
from gitprov.api.options import RunOptions
from gitprov.errors import ConfigError, NotFound, ProvError, UsageError
from gitprov.model.experiment import Made
from support.records import opened
from support.repo import RepoBuilder
from support.templates import RepoMaker

SAID = """
hypothesis = "said"
tags = ["one"]
seed = 3
expect = ["m > 1"]
metrics_from = ["results/m.json"]
[split]
train = ["data/a.csv", "data/b.csv"]
"""


def new(where: Path, name: str, **options: str) -> Made:
    """Make an experiment, as `git prov new` does."""
    with opened(where) as session:
        return make(session, name, **options)


def asked(where: Path, experiment: str = "x", **options: Any) -> RunOptions:  # noqa: ANN401 - any option
    """Return what a run of an experiment is asked for."""
    with opened(where) as session:
        return filled(session, RunOptions(("true",), experiment=experiment, **options))


@pytest.mark.parametrize("template", ["benchmark", "course", "research"])
def test_what_a_template_brings_runs_and_meets_what_it_expects(repo: RepoBuilder, template: str) -> None:
    made = new(repo.path, "x", template=template, hypothesis="h")

    words = made.command.partition(" -- ")[2].split()
    subprocess.run([sys.executable, *words[1:]], cwd=repo.path, check=True)
    metrics = json.loads((repo.path / "results/x/metrics.json").read_text())
    options = asked(repo.path)
    assert options.hypothesis == "h"
    assert options.seed == 1
    assert options.metrics == (f"{repo.path}/results/x/metrics.json",)
    assert {text.split()[0] for text in options.expect} <= metrics.keys()


def test_a_hypothesis_may_say_anything(repo: RepoBuilder) -> None:
    text = 'two\nlines, "quoted" \\ $name é # not a comment'

    new(repo.path, "x", hypothesis=text)

    assert asked(repo.path).hypothesis == text
    assert 'two lines, "quoted"' in (repo.path / "experiments/x/README.md").read_text()


def test_a_hypothesis_that_lies_to_a_terminal_is_refused(repo: RepoBuilder) -> None:
    with pytest.raises(UsageError, match="control character"):
        new(repo.path, "x", hypothesis="\x1b[31m")


def test_without_a_hypothesis_that_is_said(repo: RepoBuilder) -> None:
    assert not new(repo.path, "x").has_hypothesis
    assert new(repo.path, "y", hypothesis="h").has_hypothesis


def test_the_template_is_the_one_that_the_repository_names(repo: RepoBuilder) -> None:
    repo.write(".gitprov.toml", '[experiments]\ntemplate = "course"\n')

    assert "experiments/x/solution.py" in new(repo.path, "x").written
    assert "experiments/y/run.py" in new(repo.path, "y", template="research").written


def test_from_below_everything_is_named_from_there(repo: RepoBuilder) -> None:
    below = repo.write("a/b/c").parent

    made = new(below, "x")

    assert made.file == "../../experiments/x/experiment.toml"
    assert made.command == "git prov run --experiment x -- python3 ../../experiments/x/run.py"
    assert (repo.path / "experiments/x/run.py").is_file()


@pytest.mark.parametrize("there", ["experiments/x/mine", "experiments/X/mine", "experiments/x"])
def test_a_name_that_is_taken_is_refused_and_nothing_is_touched(repo: RepoBuilder, there: str) -> None:
    repo.write(there, "mine")

    with pytest.raises(ProvError, match="is there already"):
        new(repo.path, "x")

    assert (repo.path / there).read_text() == "mine"
    assert len(list((repo.path / "experiments").rglob("*"))) == there.count("/")


def test_a_dangling_link_is_taken_too(repo: RepoBuilder, tmp_path: Path) -> None:
    (repo.path / "experiments").mkdir()
    (repo.path / "experiments/x").symlink_to(tmp_path / "nowhere")

    with pytest.raises(ProvError, match="is there already"):
        new(repo.path, "x")

    assert not (tmp_path / "nowhere").exists()


def test_experiments_elsewhere_are_not_written_to(repo: RepoBuilder, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (repo.path / "experiments").symlink_to(tmp_path / "outside")

    with pytest.raises(ProvError, match="experiments is a link"):
        new(repo.path, "x")

    assert list((tmp_path / "outside").iterdir()) == []


def test_a_template_whose_experiment_is_malformed_leaves_nothing_behind(repo: RepoBuilder) -> None:
    repo.write(".gitprov/templates/bad/experiment/experiment.toml", 'name = "$name"\n')

    with pytest.raises(ConfigError, match="of the template bad:1: name is not known"):
        new(repo.path, "x", template="bad")

    assert not (repo.path / "experiments").exists()


def test_a_template_without_an_experiment_is_refused(repo: RepoBuilder) -> None:
    repo.write(".gitprov/templates/bare/repository/x", "")

    with pytest.raises(NotFound, match="brings no experiment"):
        new(repo.path, "x", template="bare")


def test_without_a_working_tree_nothing_can_be_made(make_repo: RepoMaker) -> None:
    with pytest.raises(ProvError, match="no working tree"):
        new(make_repo("hub", bare=True).path, "x")


def test_a_run_goes_by_the_file_from_wherever_it_starts(repo: RepoBuilder) -> None:
    repo.write("experiments/x/experiment.toml", SAID)
    below = repo.write("a/b/c").parent

    options = asked(below)

    assert options.metrics == (f"{repo.path}/results/m.json",)
    assert options.splits == ("train=../../data/a.csv", "train=../../data/b.csv")
    assert (options.hypothesis, options.seed, options.tags, options.expect) == ("said", 3, ("one",), ("m > 1",))


def test_the_command_line_beats_the_file_and_adds_tags(repo: RepoBuilder) -> None:
    repo.write("experiments/x/experiment.toml", SAID)
    mine: dict[str, Any] = {
        "hypothesis": "mine",
        "seed": 0,
        "expect": ["n < 1"],
        "metrics": ["n.json"],
        "splits": ["a=b"],
    }

    options = asked(repo.path, tags=["two", "one"], **mine)

    assert {name: getattr(options, name) for name in mine} == mine
    assert options.tags == ("one", "two")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("baselin", "did you mean baseline? else make it: git prov new baselin"),
        ("zzz", "make it: git prov new zzz"),
        ("empty", "write it, one line is enough: hypothesis = '...'; there is more in docs/templates.md"),
    ],
)
def test_an_experiment_that_is_not_there_is_named_with_the_next_step(repo: RepoBuilder, name: str, hint: str) -> None:
    new(repo.path, "baseline")
    (repo.path / "experiments/empty").mkdir()

    with pytest.raises(NotFound) as caught:
        asked(repo.path, name)

    assert caught.value.hint == hint


@pytest.mark.parametrize("name", ["", "../x", "experiments/x", "a b"])
def test_what_cannot_be_a_name_is_no_experiment(repo: RepoBuilder, name: str) -> None:
    with pytest.raises(UsageError):
        asked(repo.path, name)
