"""Which package makes a difference: found between two recorded environments, from wheels on this machine alone."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from support.locks import wheel
from support.program import git_prov
from support.replayed import leftovers, newest
from support.repo import RepoBuilder

pytestmark = pytest.mark.e2e

USES = """\
import json
import alpha, beta, gamma
score = 0.5 if beta.VERSION == "1.0" else 0.6
open("score.json", "w").write(json.dumps({"score": score}))
"""


class Scene(NamedTuple):
    """A project, wheels for its packages, and what leads pip to these and nowhere else."""

    repo: RepoBuilder
    root: Path
    pip: dict[str, str]

    def ran(self, *, status: int = 0, **versions: str) -> str:
        """Have the run recorded in an environment of its own, and return its id."""
        place = self.root / "-".join(f"{name}{version}" for name, version in versions.items())
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", place], check=True)
        (site,) = place.glob("lib/python*/site-packages")
        for name, version in versions.items():
            made = wheel(self.root / "wheels", name, version)
            subprocess.run([sys.executable, "-m", "zipfile", "-e", made, site], check=True)
        path = {"PATH": f"{place}/bin:{os.environ['PATH']}"}
        outcome = git_prov("run", "--metrics", "score.json", "--", "python", "use.py", cwd=self.repo.path, env=path)
        assert outcome.status == status, outcome.stderr
        return str(newest(self.repo.path)["id"])

    def bisect(self, run: str, *options: str) -> tuple[int, str, str]:
        """Bisect; return exit status, standard output and standard error."""
        words = ("reproduce", run, "--bisect", "env", "--installer", "pip", "--yes", *options)
        return git_prov(*words, cwd=self.repo.path, env=self.pip)


@pytest.fixture
def scene(repo: RepoBuilder, tmp_path: Path) -> Scene:
    repo.commit("uses", {"use.py": USES, ".gitignore": "score.json\n"})
    pip = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path / "wheels"), "PIP_CONFIG_FILE": os.devnull}
    return Scene(repo, tmp_path, pip)


def test_the_package_that_alters_a_metric_is_named_and_nothing_is_recorded(scene: Scene) -> None:
    run = scene.ran(alpha="1.0", beta="1.0", gamma="1.0")
    other = scene.ran(alpha="2.0", beta="2.0", gamma="2.0")
    refs = scene.repo.refs()

    status, answer, said = scene.bisect(run, "--against", other, "--metric", "score", "--json")

    assert status == 0, said
    (found,) = json.loads(answer)["bisections"]
    assert (found["run"], found["against"], found["metric"]) == (run, other, "score")
    assert found["changes"] == [{"name": "beta", "before": "1.0", "after": "2.0"}]
    assert (found["alone"], found["differing"]) == (True, 3)
    assert [(one["environment"], one["outcome"]) for one in found["steps"][:2]] == [
        (f"as in run {run[:7]}", "as-recorded"),
        ("with alpha 2.0, beta 2.0, gamma 2.0", "otherwise"),
    ]
    assert "Step 3 of about 5, with alpha 2.0" in said
    assert "otherwise: score = 0.6" in said
    assert scene.repo.refs() == refs
    assert leftovers(scene.repo) == []


def test_what_makes_a_run_fail_is_found_where_the_other_run_failed(scene: Scene) -> None:
    run = scene.ran(alpha="1.0", beta="1.0", gamma="1.0")
    other = scene.ran(alpha="2.0", beta="1.0", status=1)

    status, answer, said = scene.bisect(run, "--against", other)

    assert status == 0, said
    assert answer.splitlines()[:2] == [
        f"The result of run {run[:7]} comes out otherwise with",
        "  gamma  1.0 -> not installed",
    ]
    assert "It does so with no other change." in answer


def test_packages_that_change_nothing_are_an_answer_too(scene: Scene) -> None:
    run = scene.ran(alpha="1.0", beta="1.0", gamma="1.0")
    other = scene.ran(alpha="1.0", beta="1.0", gamma="2.0")
    status, answer, said = scene.bisect(run, "--against", other)
    assert (status, answer) == (1, "")
    assert "with the packages of the second environment it comes out as recorded: they do not explain it" in said
    assert f"git prov env diff {run[:7]} {other[:7]}" in said


def test_what_cannot_be_bisected_is_said_before_anything_is_built(scene: Scene) -> None:
    run = scene.ran(alpha="1.0", beta="1.0", gamma="1.0")
    for options, status, words in (
        ((), 128, "has no reproduction that deviates: with which environment is it compared?"),
        (("--against", run), 1, "had the same packages"),
        (("--against", run, "--metric", "loss"), 128, "has no metric loss: it has score"),
        (("--env", "current"), 129, "a bisection builds environments"),
        (("--in", "place"), 129, "a bisection has no place that could stay"),
        (("--query", "tag"), 129, "a bisection is of one run"),
    ):
        found = scene.bisect(run, *options)
        assert (found[0], words in found[2]) == (status, True), found[2]
        assert "Step" not in found[2]
    alone = git_prov("reproduce", run, "--against", run, cwd=scene.repo.path)
    assert (alone.status, "belong to a bisection" in alone.stderr) == (129, True)
    unasked = git_prov("reproduce", run, "--bisect", "env", "--against", "@", cwd=scene.repo.path)
    assert unasked.status == 1
