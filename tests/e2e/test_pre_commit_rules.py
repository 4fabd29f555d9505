"""pre-commit installs the hooks of this repository beside a project's own, and both have their say."""

import shutil
from pathlib import Path

import pytest

from support.program import Outcome, git_prov, run_program
from support.repo import RepoBuilder
from support.ruled import NEED_RUN

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
CONFIG = """\
repos:
- repo: local
  hooks:
  - id: no-tabs
    name: no tabs
    language: pygrep
    entry: "\\t"
    types: [text]
- repo: {source}
  rev: {rev}
  hooks:
  - id: git-prov-check
  - id: git-prov-commit-msg
  - id: git-prov-post
"""
TRAIN = "open('results/auc.json', 'w').write('0.9')\n"
PROJECT = {"train.py": TRAIN, "results/README": "What train.py makes.\n", ".gitprov.toml": NEED_RUN}


@pytest.fixture
def source(tmp_path: Path) -> RepoBuilder:
    """A repository with what stands in this one's working tree."""
    done = run_program("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT)
    if done.status:
        pytest.skip("these tests do not stand in a clone")
    repo = RepoBuilder.init(tmp_path / "source")
    for name in filter(None, done.stdout.split("\0")):
        if (ROOT / name).is_file():
            (repo.path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, repo.path / name)
    repo.commit("as it stands")
    return repo


@pytest.fixture
def project(source: RepoBuilder, repo: RepoBuilder) -> RepoBuilder:
    """A project with a hook of its own, and ours as pre-commit has installed them."""
    config = CONFIG.format(source=source.path, rev=source.head)
    repo.commit("rules", {**PROJECT, ".pre-commit-config.yaml": config})
    stages = ("-t", "pre-commit", "-t", "commit-msg", "-t", "post-commit")
    done = run_program("pre-commit", "install", *stages, cwd=repo.path)
    assert done.status == 0, done
    done = run_program("pre-commit", "install-hooks", cwd=repo.path)
    if done.status:
        pytest.skip(f"pip cannot install here: {done.stdout[-300:]}")
    return repo


def commit(repo: RepoBuilder, *options: str, **environ: str) -> Outcome:
    repo.git("add", ".")
    return run_program("git", "commit", "-q", "-m", "change", *options, cwd=repo.path, env=environ)


def said(done: Outcome, hook: str) -> str:
    """What pre-commit says of a hook: Passed, Failed, Skipped."""
    line = next(line for line in (done.stdout + done.stderr).splitlines() if line.startswith(f"{hook}..."))
    return line.rpartition(".")[2]


def test_a_result_needs_its_run_beside_the_projects_own_hooks(project: RepoBuilder) -> None:
    project.write("results/auc.json", "0.5")
    refused = commit(project)
    assert refused.status == 1
    assert (said(refused, "git prov check"), said(refused, "no tabs")) == ("Failed", "Passed")
    assert "results/auc.json is new, and no run made it\n  mend: git prov run -- COMMAND" in refused.stderr

    assert git_prov("run", "--", "python3", "train.py", cwd=project.path).status == 0
    passed = commit(project)
    assert passed.status == 0, passed
    assert said(passed, "git prov check") == said(passed, "git prov check (message)") == "Passed"
    assert said(passed, "git prov (runs in git log)") == "Passed"

    project.write("results/auc.json", "0.6")
    changed = commit(project)
    assert changed.status == 1
    assert "mend: git prov run -- python3 train.py" in changed.stderr
    skipped = commit(project, SKIP="git-prov-check")
    assert (skipped.status, said(skipped, "git prov check")) == (0, "Skipped")
    assert git_prov("check", "--ci", cwd=project.path).status == 1

    project.write("model.py", "a = 1\n")
    assert commit(project).status == 0
    project.write("model.py", "\ta = 1\n")
    tabs = commit(project)
    assert (tabs.status, said(tabs, "git prov check"), said(tabs, "no tabs")) == (1, "Passed", "Failed")
    project.write("model.py", "a = 2\n")

    project.write(".gitprov.toml", NEED_RUN.replace("block", "blok"))
    malformed = commit(project)
    assert malformed.status == 0, malformed

    project.write(".gitprov.toml", NEED_RUN)
    assert git_prov("init", "-q", cwd=project.path).status == 0
    project.write("results/auc.json", "0.7")
    both = commit(project)
    assert both.status == 1
    assert (both.stdout + both.stderr).count("no run made it") == 1
