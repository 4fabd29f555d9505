"""The demonstration: a small real project that is trained, recorded, pushed, cloned and found again.

Every command shown is run, as its own process, with the output it really had; nothing is played back. What
holds at the end is checked here, not claimed: both clones answer with the same bytes for every run.
"""

import json
import os
import shlex
import shutil
import time
from collections.abc import Mapping, Sequence
from importlib.resources import as_file, files

from gitprov.api.demo_stage import Say, Stage, prepare, sealed

_IGNORED = "model.json\nmetrics.json\n"
_BILL = 'FEATURES = ("bill_length_mm", "bill_depth_mm")'
_BODY = 'FEATURES = ("bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g")'
_ASKED = ("--metrics", "metrics.json", "--seed", "1")
_EXPECTED = ("--expect", "accuracy >= 0.9")
_TRAINING = ("--", "python3", "train.py", "--lr", "0.1")


def play(directory: str, environ: Mapping[str, str], programs: Sequence[str], say: Say) -> str:
    """Play the demonstration in `directory` ("": a new temporary one) and return its path, which is kept.

    `programs` are the directories to look into for `git-prov` and `python3` before those of PATH; `say` is
    given each line as it happens. Where a step fails, raises ProvError with its title and the command's words.
    """
    started = time.monotonic()
    stage = Stage(prepare(directory), sealed(environ, programs), say)
    _begin(stage)
    _train(stage)
    _try_an_idea(stage)
    _read_the_history(stage)
    _push(stage)
    _clone(stage)
    _compare(stage)
    stage.found(f"All of it took {time.monotonic() - started:.1f} seconds and is kept in {stage.directory}.")
    _suggest(stage, environ.get("PATH"), os.pathsep.join(programs))
    return str(stage.directory)


def _begin(stage: Stage) -> None:
    stage.step("A project: a data set, a training script, one commit")
    stage.run("git", "init", "-q", "project")
    stage.enter("project")
    with as_file(files("gitprov.api") / "demo_project") as project:
        shutil.copytree(project, stage.cwd, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    (stage.cwd / ".gitignore").write_text(_IGNORED, encoding="utf-8")
    _settle(stage)
    stage.run("git", "add", ".")
    stage.run("git", "commit", "-q", "-m", "Tell penguins apart by their bills")
    stage.run("git", "prov", "init")


def _train(stage: Stage) -> None:
    stage.step("Train a classifier; the run is recorded on its commit")
    stage.run("git", "prov", "run", "-m", "the bill alone", *_ASKED, *_EXPECTED, *_TRAINING)


def _try_an_idea(stage: Stage) -> None:
    stage.step("Try an idea before committing it; the run keeps the exact code")
    script = stage.cwd / "train.py"
    script.write_text(script.read_text(encoding="utf-8").replace(_BILL, _BODY, 1), encoding="utf-8")
    stage.run("git", "diff", "-U0")
    stage.run("git", "prov", "run", "-m", "the whole body", *_ASKED, *_EXPECTED, *_TRAINING)
    stage.run("git", "commit", "-q", "-a", "-m", "Tell penguins apart by their whole body")


def _read_the_history(stage: Stage) -> None:
    stage.step("Plain git log shows the runs")
    history = stage.run("git", "log")
    for run in _runs(stage):
        if run[:7] not in history:
            raise stage.failure(f"`git log` does not show run {run[:7]}")


def _push(stage: Stage) -> None:
    stage.step("An ordinary push to a bare repository takes them along")
    remote = str(stage.directory / "remote.git")
    stage.run("git", "init", "-q", "--bare", remote)
    stage.run("git", "remote", "add", "origin", remote)
    stage.run("git", "push", "-u", "origin", "HEAD")


def _clone(stage: Stage) -> None:
    stage.step("A colleague clones it and finds them")
    stage.cwd = stage.directory
    stage.run("git", "clone", "-q", str(stage.directory / "remote.git"), "colleague")
    stage.enter("colleague")
    _settle(stage)
    stage.run("git", "prov", "init")
    stage.run("git", "prov", "log")
    stage.run("git", "prov", "show", "@")


def _compare(stage: Stage) -> None:
    """Hold every record of the project against the colleague's, byte by byte."""
    stage.step("Is every record the same in both clones?")
    ours, theirs = _answers(stage, "project"), _answers(stage, "colleague")
    differing = [run for run in sorted({*ours, *theirs}) if ours.get(run) != theirs.get(run)]
    if differing or not ours:
        raise stage.failure(f"not the same in both clones: {', '.join(differing) or 'no run at all'}")
    for run, answer in ours.items():
        stage.found(f"Run {run[:7]}: {len(answer.encode())} bytes of JSON, equal byte for byte.")


def _answers(stage: Stage, clone: str) -> dict[str, str]:
    """What `git prov show --json` says of each run in one of the clones."""
    stage.cwd = stage.directory / clone
    return {run: stage.ask("git", "prov", "show", run, "--json") for run in _runs(stage)}


def _runs(stage: Stage) -> list[str]:
    """The ids of all runs that the clone at hand knows."""
    return [run["id"] for run in json.loads(stage.ask("git", "prov", "ls", "--json"))["runs"]]


def _settle(stage: Stage) -> None:
    """Give the clone a person where git knows none, and hooks of its own where all clones share theirs."""
    known = {line.partition("\n")[0] for line in stage.ask("git", "config", "--list", "-z").split("\0")}
    for key, stand_in in (("user.name", "Demo"), ("user.email", "demo@example.org")):
        if key not in known:
            stage.ask("git", "config", key, stand_in)
    if "core.hookspath" in known:
        stage.ask("git", "config", "core.hooksPath", str(stage.cwd / ".git" / "hooks"))


def _suggest(stage: Stage, path: str | None, programs: str) -> None:
    """Say five things to try; where `path` does not lead to git-prov, how to get there stands first."""
    stage.step("What to try next")
    enter = f"cd {shlex.quote(str(stage.directory / 'project'))}"
    ours = shutil.which("git-prov", path=programs)
    if ours and not shutil.which("git-prov", path=path):
        enter = f'export PATH={shlex.quote(os.path.dirname(ours))}:"$PATH"; {enter}'
    stage.suggest(
        enter,
        "git prov ls                 # a table of the runs",
        "git prov show @~1           # one run in full",
        "git log --notes=prov        # the manifests, with git alone",
        "git prov run --seed 2 --metrics metrics.json -- python3 train.py --lr 0.5",
    )
