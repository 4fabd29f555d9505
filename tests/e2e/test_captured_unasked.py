"""A run with no option at all: what the record says, and what it says that it does not know."""

import json
import sys
from typing import Any

import pytest

from support.program import git_prov
from support.repo import RepoBuilder

pytestmark = pytest.mark.e2e

TRACERS = ("auto", "python")

TRAINING = """
import argparse, csv, json, os, random
parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
args = parser.parse_args()
random.seed(7)
rows = list(csv.reader(open("data/train.csv")))
with open("model.json.part", "w") as file:
    json.dump({"rows": len(rows), "weight": random.random()}, file)
os.rename("model.json.part", "model.json")
open("scratch.txt", "w").close()
os.remove("scratch.txt")
"""


@pytest.fixture
def project(repo: RepoBuilder) -> RepoBuilder:
    """A repository with a script and the data it reads."""
    repo.commit("begin", {"train.py": TRAINING, "data/train.csv": "a,b\n1,2\n", ".gitignore": "model.json\n"})
    return repo


def shown(repo: RepoBuilder) -> dict[str, Any]:
    """The newest record."""
    found: dict[str, Any] = json.loads(git_prov("show", "--json", "@", cwd=repo.path).stdout)["records"][0]
    return found


def run(repo: RepoBuilder, *command: str, trace: str = "auto", env: dict[str, str | None] | None = None) -> Any:  # noqa: ANN401
    """Run it, and return its record."""
    done = git_prov("run", "--trace", trace, "--", *command, cwd=repo.path, env=env)
    assert done.status == 0, done.stderr
    return shown(repo)


@pytest.mark.parametrize("trace", TRACERS)
def test_inputs_outputs_parameters_and_seeds_are_recorded(project: RepoBuilder, trace: str) -> None:
    record = run(project, sys.executable, "train.py", "--lr", "0.5", trace=trace)

    assert [(entry["path"], entry["how"]) for entry in record["input"]] == [("data/train.csv", "traced")]
    assert record["input"][0]["digest"] == "git:" + project.git("rev-parse", "HEAD:data/train.csv")
    assert [entry["path"] for entry in record["output"]] == ["model.json"]
    assert record["params"] == {"lr": 0.5}
    assert record["seeds"]["python"] == 7
    assert isinstance(record["seeds"]["hash"], int)
    assert record["capture"]["complete"] is True
    assert record["usage"]["cpu_seconds"] > 0


def test_what_the_run_read_of_the_code_is_what_its_grade_is_judged_by(project: RepoBuilder) -> None:
    identity = run(project, sys.executable, "train.py")["id"]
    project.commit("words", {"README.md": "about"})
    other = project.commit("code", {"train.py": TRAINING + "\n"})

    listed = json.loads(git_prov("log", "--json", cwd=project.path).stdout)["commits"]
    grades = {commit["commit"]: {one["id"]: one["grade"] for one in commit["runs"]} for commit in listed}
    assert grades[project.git("rev-parse", "HEAD~1")] == {identity: "same-code"}
    assert grades[other] == {}


def test_randomness_without_a_seed_is_told_with_the_way_to_mend_it(project: RepoBuilder) -> None:
    project.commit("unseeded", {"train.py": "import random; random.random()"})

    record = run(project, sys.executable, "train.py")

    assert record["capture"]["complete"] is False
    assert record["capture"]["missing"] == ["random was used without a seed: random.seed(N)"]


def test_a_hash_seed_is_drawn_once_for_all_of_a_run_and_the_persons_own_is_kept(project: RepoBuilder) -> None:
    show = "import os; open('seed.txt', 'w').write(os.environ['PYTHONHASHSEED'])"
    record = run(project, sys.executable, "-c", show, env={"PYTHONHASHSEED": None})
    assert record["seeds"]["hash"] == int((project.path / "seed.txt").read_text())

    record = run(project, sys.executable, "-c", show, env={"PYTHONHASHSEED": "5"})
    assert record["seeds"]["hash"] == 5


def test_a_pipeline_of_programs_is_seen_whole_and_is_complete(project: RepoBuilder) -> None:
    record = run(project, "sh", "-c", "sort data/train.csv | uniq > counts.txt")
    if record["capture"]["tracer"] == "python":
        pytest.skip("strace does not work here")

    assert [entry["path"] for entry in record["input"]] == ["data/train.csv"]
    assert [entry["path"] for entry in record["output"]] == ["counts.txt"]
    assert record["capture"]["complete"] is True
    assert "seeds" not in record


def test_what_python_alone_does_not_see_is_named(project: RepoBuilder) -> None:
    record = run(project, "sh", "-c", f"{sys.executable} train.py; cat data/train.csv", trace="python")

    assert record["capture"]["tracer"] == "python"
    assert [entry["path"] for entry in record["output"]] == ["model.json"]
    told = "files that {} used were not seen, for Python alone is watched: declare them with -i and -o"
    assert record["capture"]["missing"] == [told.format("sh")]

    script = "import subprocess; subprocess.run(['cat', 'data/train.csv']); subprocess.run(['uname'])"
    record = run(project, sys.executable, "-c", script, trace="python")
    assert record["capture"]["missing"] == [told.format("cat")]

    record = run(project, sys.executable, "-I", "-c", "open('data/train.csv')", trace="python")
    assert record["capture"]["missing"] == [told.format(sys.executable.rpartition("/")[2])]


def test_libraries_that_open_files_below_python_are_named_where_python_watches(project: RepoBuilder) -> None:
    project.commit("a library", {"h5py.py": "", "use.py": "import h5py"})

    record = run(project, sys.executable, "use.py", trace="python")

    told = "files that are opened inside h5py were not seen, for Python alone is watched: declare them with -i and -o"
    assert record["capture"]["missing"] == [told]


def test_nothing_of_the_observation_is_left_behind(project: RepoBuilder) -> None:
    run(project, sys.executable, "train.py")

    assert list((project.path / ".git/prov/journal").iterdir()) == []


def test_what_a_person_declares_stands_and_is_not_listed_twice(project: RepoBuilder) -> None:
    done = git_prov("run", "-i", "data", "-o", "model.json", "--", sys.executable, "train.py", cwd=project.path)
    assert done.status == 0, done.stderr

    record = shown(project)
    assert [(entry["path"], entry["how"]) for entry in record["input"]] == [("data", "declared")]
    assert [(entry["path"], entry["how"]) for entry in record["output"]] == [("model.json", "declared")]


def test_a_tracer_that_does_not_work_here_is_refused_by_name_before_anything_starts(project: RepoBuilder) -> None:
    import os
    import shutil

    tools = project.path.parent / "tools"
    tools.mkdir()
    for name in ("git", "git-prov", "true", "sh"):
        where = shutil.which(name)
        assert where
        os.symlink(where, tools / name)
    done = git_prov("run", "--trace", "strace", "--", "true", cwd=project.path, env={"PATH": str(tools)})

    assert done.status == 129
    assert "--trace strace: strace is not installed" in done.stderr
    assert "use --trace auto" in done.stderr
