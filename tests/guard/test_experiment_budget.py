"""A run of an experiment waits for no models: its file is read by hand."""

import subprocess
import sys

from support.repo import RepoBuilder

PROGRAM = """
import os, sys
os._exit = sys.exit
sys.argv = ["git-prov", "run", *sys.argv[1:], "--", "true"]
try:
    from gitprov.__main__ import main
    main()
finally:
    print(*sys.modules, file=sys.stderr)
"""


def loaded(repo: RepoBuilder, *options: str) -> set[str]:
    """Return the modules that a run with these options has loaded when it ends."""
    ended = subprocess.run([sys.executable, "-c", PROGRAM, *options], cwd=repo.path, capture_output=True, check=False)
    assert repo.refs("refs/prov/log"), ended.stderr.decode()
    return set(ended.stderr.decode().split())


def test_with_an_experiment_a_run_loads_nothing_heavy(repo: RepoBuilder) -> None:
    repo.write("experiments/x/experiment.toml", 'hypothesis = "h"\nexpect = ["m > 1"]\nseed = 1\n')

    names = loaded(repo, "--experiment", "x")

    assert "gitprov.api.experiments.reading" in names
    assert names.isdisjoint({"pydantic", "pygit2", "rich", "click", "pathspec"})


def test_without_one_a_run_knows_nothing_of_experiments(repo: RepoBuilder) -> None:
    names = loaded(repo)

    assert not any(name.startswith(("gitprov.api.experiments", "gitprov.api.templates")) for name in names)
    assert "gitprov.api.run" in names
