"""Reproduce the gallery's scripts from their records alone: `python -m benchmarks.gallery.reproduce`.

One person installs what a script needs, runs it as `git prov run -- ...` and pushes to a bare repository. Then all that
this person had is removed. Another one, under another HOME and with empty caches, clones, and says `git prov reproduce
RUN --yes`, twice: the first time the environment is built, the second time it is there. The demonstration as well.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.gallery.chosen import CHOSEN, Chosen
from benchmarks.gallery.people import Done, Person
from benchmarks.gallery.stage import copied
from benchmarks.measure import Bench, Table, bench, report

_DEMO = "demonstration"
_SHARED = "shared"
"""The data remote, where the bytes of outputs are: what differs can only be looked into with both at hand."""


class Recorded(NamedTuple):
    """A run that was recorded and pushed."""

    name: str
    hub: Path
    run: Mapping[str, Any]
    """Its record."""


class Reproduced(NamedTuple):
    """What came of reproducing it twice."""

    recorded: Recorded
    first: Done
    again: Done


def main() -> None:
    """Record and reproduce all scripts, or those named, and report."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--projects", type=Path, required=True, help="where fetch.sh put the projects")
    parser.add_argument("--installer", choices=("uv", "pip"), help="what builds the environment; as git prov chooses")
    parser.add_argument("names", nargs="*", help="words in the names of the scripts to run; all by default")
    options = parser.parse_args()
    chosen = [one for one in CHOSEN if _is_named(one.entry.name, options.names)]
    more = ("--installer", options.installer) if options.installer else ()
    with bench() as place:
        (place.root / _SHARED).mkdir()
        ana = Person(place, "ana")
        recorded = list(_recorded(place, ana, chosen, options.projects.resolve()))
        if _is_named(_DEMO, options.names):
            recorded += _demonstrated(place, ana)
        shutil.rmtree(ana.home)  # nothing is left but what was pushed
        found = [_reproduced(place, number, one, more) for number, one in enumerate(recorded)]
    columns = ["run", "outputs", "packages", "first, s", "again, s", "verdict", "equal, noise, or the cause"]
    stand = sum(one.first.replication["verdict"] in ("identical", "within-tolerance") for one in found)
    table = Table(f"Reproduced in a fresh clone: {stand} of {len(found)} stand", columns, list(map(_row, found)))
    report("reproduce", [table], {"reproduced": list(map(_facts, found))})


def _is_named(name: str, names: Sequence[str]) -> bool:
    return not names or any(word in name for word in names)


def _recorded(place: Bench, ana: Person, chosen: Sequence[Chosen], projects: Path) -> Iterator[Recorded]:
    """Run each script as one person would, and push it."""
    usual = dict(ana.environ)
    for one in chosen:
        _say(f"{one.entry.name}: recording")
        ana.environ = dict(usual)
        if one.needs:
            ana.within(_environment(ana, one.needs))
        name = _slug(one.entry.name)
        project, hub = ana.home / name, place.root / f"{name}.git"
        copied(one.entry, projects, project)
        for command in (("init", "-q"), ("init", "-q", "--bare", str(hub)), ("remote", "add", "origin", str(hub))):
            ana.run("git", *command, cwd=project)
        ana.run("git", "prov", "init", cwd=project)
        ana.run("git", "prov", "data", "remote", "add", _SHARED, place.root / _SHARED, cwd=project)
        for command in (("add", "-A"), ("commit", "-q", "-m", "Begin")):
            ana.run("git", *command, cwd=project)
        ana.run("git", "prov", "run", "--keep", "--", *one.command, cwd=project)
        ana.run("git", "prov", "data", "push", cwd=project)
        ana.run("git", "push", "-q", "-u", "origin", "HEAD", cwd=project)
        (record,) = _runs(ana, project)
        yield Recorded(one.entry.name, hub, record)
    ana.environ = usual


def _environment(ana: Person, needs: Sequence[str]) -> Path:
    """Make a virtual environment with what a script needs; scripts that need the same share it."""
    directory = ana.home / "environments" / "-".join(map(_slug, needs))
    if not directory.exists():
        ana.run(sys.executable, "-m", "venv", directory, cwd=ana.home)
        ana.run(directory / "bin" / "python", "-m", "pip", "install", "--quiet", *needs, cwd=ana.home)
    return directory


def _demonstrated(place: Bench, ana: Person) -> Iterator[Recorded]:
    """Let the demonstration play; what it pushed is kept."""
    _say(f"{_DEMO}: recording")
    ana.run("git", "prov", "demo", ana.home / _DEMO, cwd=ana.home)
    hub = place.root / f"{_DEMO}.git"
    records = _runs(ana, ana.home / _DEMO / "project")
    shutil.move(ana.home / _DEMO / "remote.git", hub)
    for record in reversed(records):
        yield Recorded(f"{_DEMO}: {record['message']}", hub, record)


def _runs(person: Person, project: Path) -> list[Mapping[str, Any]]:
    """Return the records of a project, the newest first."""
    listed = json.loads(person.run("git", "prov", "ls", "--json", cwd=project))["runs"]
    shown = (person.run("git", "prov", "show", "--json", run["id"], cwd=project) for run in listed)
    return [json.loads(one)["records"][0] for one in shown]


def _reproduced(place: Bench, number: int, recorded: Recorded, options: Sequence[str]) -> Reproduced:
    """Clone under a HOME that nobody had before, and reproduce the run twice."""
    _say(f"{recorded.name}: reproducing")
    bo = Person(place, f"bo{number}")
    clone = bo.clone(recorded.hub, "project")
    first, again = (bo.reproduce(recorded.run["id"], options, clone) for _ in range(2))
    _say(f"{recorded.name}: {first.replication['verdict']}")
    shutil.rmtree(bo.home)
    return Reproduced(recorded, first, again)


def _row(one: Reproduced) -> list[str | float]:
    environment = one.recorded.run["environment"]
    packages = 0 if environment.get("python_ran") is False else environment.get("packages", 0)
    seconds = [f"{done.installing:.1f}" if packages else "" for done in (one.first, one.again)]
    verdicts = dict.fromkeys(done.replication["verdict"] for done in (one.first, one.again))
    outputs = len(one.recorded.run.get("output", ()))
    rests_on = "; ".join(dict.fromkeys(_rests_on(done.replication) for done in (one.first, one.again)))
    return [one.recorded.name, outputs, packages, *seconds, ", then ".join(verdicts), rests_on]


def _rests_on(replication: Mapping[str, Any]) -> str:
    """Say what a verdict rests on: what differs and means nothing, or the likeliest cause."""
    if replication["verdict"] == "identical":
        return "equal bytes"
    if replication["verdict"] == "within-tolerance":
        return ", ".join(dict.fromkeys(name for one in replication["output"] for name in one.get("noise", ())))
    causes = [one["what"] for one in replication.get("deviation", ())]
    return causes[0] if causes else str(replication.get("reason", ""))


def _facts(one: Reproduced) -> dict[str, Any]:
    sides = {"first": one.first, "again": one.again}
    return {"name": one.recorded.name, "run": one.recorded.run, **{key: done._asdict() for key, done in sides.items()}}


def _slug(name: str) -> str:
    return "".join(char if char.isalnum() else "-" for char in name)


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
