"""Runs that are reproduced, and what may be left of that in a repository: nothing."""

import json
from pathlib import Path
from typing import Any

from support.program import Outcome, git_prov
from support.repo import RepoBuilder

TRAIN = """\
import json, pathlib, random, sys
random.seed(int(sys.argv[1]))
rows = pathlib.Path("data/train.csv").read_text().split()
pathlib.Path("out").mkdir(exist_ok=True)
pathlib.Path("out/model.json").write_text(json.dumps({"weights": [random.random() for _ in rows]}))
pathlib.Path("out/metrics.json").write_text(json.dumps({"accuracy": 0.5 + len(rows) / 100}))
print("trained")
"""
"""A training script: what it reads is not tracked, what it writes is not either."""
DATA = "a\nb\nc\n"


def project(repo: RepoBuilder) -> RepoBuilder:
    """Make a repository a small project with data that git ignores."""
    repo.commit("project", {"train.py": TRAIN, ".gitignore": "data/\nout/\n"})
    repo.write("data/train.csv", DATA)
    return repo


def recorded(repo: RepoBuilder, *command: str, options: tuple[str, ...] = ()) -> str:
    """Run a command, have it recorded, and return the run's id."""
    outcome = git_prov("run", *options, "--", *(command or ("python3", "train.py", "1")), cwd=repo.path)
    assert outcome.status == 0, outcome.stderr
    return str(newest(repo.path)["id"])


def newest(path: Path) -> dict[str, Any]:
    """Return the newest run of a clone, as `ls --json` has it."""
    found: dict[str, Any] = runs(path)[0]
    return found


def runs(path: Path) -> list[dict[str, Any]]:
    """Return all runs of a clone, the newest first."""
    outcome = git_prov("ls", "--json", cwd=path)
    assert outcome.status == 0, outcome.stderr
    found: list[dict[str, Any]] = json.loads(outcome.stdout)["runs"]
    return found


def reproduce(path: Path, run: str, *options: str, **environ: str | None) -> Outcome:
    """Reproduce a run without being asked, with the software that is here."""
    return git_prov("reproduce", run, "--env", "current", "--yes", *options, cwd=path, env=environ)


def replication(path: Path, run: str, *options: str, **environ: str | None) -> dict[str, Any]:
    """Reproduce a run, and return the record of what came of it."""
    outcome = reproduce(path, run, "--json", *options, **environ)
    assert outcome.status in (0, 1), outcome.stderr
    (found,) = json.loads(outcome.stdout)["replications"]
    assert (outcome.status == 0) is (found["verdict"] in ("identical", "within-tolerance"))
    return dict(found)


def leftovers(repo: RepoBuilder) -> list[str]:
    """Return whatever a reproduction may have left: worktrees, places, journals, events, locks."""
    git = repo.path / ".git"
    found = [str(path.relative_to(git)) for path in git.rglob("*.lock")]
    for place in (git / "worktrees", git / "prov/replays", git / "prov/journal", git / "prov/tmp"):
        found += [str(path.relative_to(git)) for path in place.iterdir()] if place.is_dir() else []
    listed = repo.git("worktree", "list", "--porcelain").split("\n\n")
    return found + [str(entry) for entry in listed if entry.strip()][1:]
