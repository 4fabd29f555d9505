"""Compare what runs record of unmodified scripts with the truth: `python -m benchmarks.gallery.compare`.

Every script runs twice, in two equal fresh repositories: once as `git prov run -- ...` with no option at all, once
under a full strace. Left aside on both sides: the system's files, the environment's, caches of tools in HOME, `.git`,
and what is gone at the end.
"""

import argparse
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.gallery.entries import ENTRIES, Entry
from benchmarks.gallery.stage import Stage, staged
from benchmarks.gallery.truth import Truth, truth
from benchmarks.measure import Table, report

_TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d.]+Z")
"""A moment in a name: two runs differ in it."""
_SYSTEM = ("/bin", "/dev", "/etc", "/lib", "/lib32", "/lib64", "/proc", "/run", "/sbin", "/sys", "/usr", "/var")


class Compared(NamedTuple):
    """One script: paths relative to its repository, or absolute outside it."""

    entry: Entry
    truth: Truth
    recorded: Truth
    capture: dict[str, Any]


def main() -> None:
    """Compare all scripts, or those named, and report."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--projects", type=Path, required=True, help="where fetch.sh put the projects")
    parser.add_argument("--venv", type=Path, required=True, help="the environment that fetch.sh made for them")
    parser.add_argument("--trace", default="", help="how to trace, instead of the default")
    parser.add_argument("names", nargs="*", help="words in the names of the scripts to run; all by default")
    options = parser.parse_args()
    found = []
    with staged(options.projects, options.venv) as stage:
        for entry in ENTRIES:
            if not options.names or any(name in entry.name for name in options.names):
                print(f"{entry.name} ...", file=sys.stderr, flush=True)
                found.append(_compare(stage, entry, options.trace))
    for one in found:
        _explain(one)
    columns = ["script", "project", "read", "written", "traced by", "equal"]
    rows = [_row(one) for one in found]
    equal = sum(row[-1] == "yes" for row in rows)
    table = Table(f"Recorded inputs and outputs beside a full strace: {equal} of {len(rows)} equal", columns, rows)
    report("gallery", [table], {"compared": [_facts(one) for one in found]})


def _compare(stage: Stage, entry: Entry, trace: str) -> Compared:
    told = stage.repository(entry, "recorded")
    how = ("--trace", trace) if trace else ()
    ran = subprocess.run(
        ["git", "prov", "run", *how, "--", *entry.command],
        cwd=told, env=stage.environ, check=False, stdin=subprocess.DEVNULL, capture_output=True,
    )  # fmt: skip
    if ran.returncode:
        sys.exit(f"{entry.name} exited with {ran.returncode}\n{ran.stderr.decode(errors='replace')}")
    shown = stage.output("git", "prov", "show", "--json", "@", cwd=told)
    record = json.loads(shown)["records"][0]
    watched = stage.repository(entry, "watched")
    touched = truth(entry.command, watched, stage.environ, stage.root / "strace")
    written = (path for path in touched.outputs if "/__pycache__/" not in path)
    true = Truth(_compared(stage, watched, map(_source, touched.inputs)), _compared(stage, watched, written))
    recorded = Truth(set(_inputs(stage, told, record)), set(_paths(stage, told, record.get("output", ()))))
    named = Truth(*({_TIME.sub("TIME", path) for path in side} for side in recorded))
    return Compared(entry, true, named, record["capture"])


def _source(path: str) -> str:
    """The module that a file of bytecode stands for."""
    head, cache, name = path.partition("/__pycache__/")
    return f"{head}/{name.partition('.')[0]}.py" if cache else path


def _compared(stage: Stage, top: Path, paths: Iterable[str]) -> set[str]:
    return {_TIME.sub("TIME", one) for path in paths if (one := _aside(stage, top, path))}


def _aside(stage: Stage, top: Path, path: str) -> str:
    """The path as it is compared; "" for what is left aside."""
    left_aside = (*_SYSTEM, *map(str, stage.environment), f"{top}/.git")
    if any(path == root or path.startswith(f"{root}/") for root in left_aside):
        return ""
    return os.path.relpath(path, top) if path.startswith(f"{top}/") else path


def _inputs(stage: Stage, top: Path, record: dict[str, Any]) -> Iterator[str]:
    """The recorded inputs, with what the code's own listing names."""
    yield from _paths(stage, top, record.get("input", ()))
    if digest := record["code"].get("files"):
        for item in _attachment(stage, top, digest).split(b"\0")[:-1]:
            yield os.fsdecode(item.partition(b" ")[2])


def _paths(stage: Stage, top: Path, entries: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    """The paths of entries, a directory's files one by one."""
    for entry in entries:
        if entry.get("files", 1) == 1 and not (top / entry["path"]).is_dir():
            yield entry["path"]
        else:
            yield from _listed(stage, top, entry["digest"], "" if entry["path"] == "." else entry["path"] + "/")


def _listed(stage: Stage, top: Path, digest: str, prefix: str) -> Iterator[str]:
    for line in _attachment(stage, top, digest).decode().splitlines():
        meta, _, name = line.partition("\t")
        mode, _, inner = meta.split(" ")
        if mode == "dir":
            yield from _listed(stage, top, inner, f"{prefix}{name}/")
        else:
            yield prefix + name


def _attachment(stage: Stage, top: Path, digest: str) -> bytes:
    """The bytes kept with the data under a digest."""
    path = digest.replace(":", "/")
    for ref in stage.output("git", "for-each-ref", "--format=%(refname)", "refs/prov/data/", cwd=top).decode().split():
        commits = stage.output("git", "log", "--format=%H", "--diff-filter=A", "-1", ref, "--", path, cwd=top)
        if commit := commits.decode().strip():
            return stage.output("git", "cat-file", "blob", f"{commit}:{path}", cwd=top)
    sys.exit(f"{digest} is not kept in {top}")


def _row(one: Compared) -> list[str | float]:
    true, said = one.truth, one.recorded
    equal = "yes" if true == said else "no"
    return [one.entry.name, one.entry.project, len(true.inputs), len(true.outputs), one.capture["tracer"], equal]


def _explain(one: Compared) -> None:
    """Name each path that only one of the two has."""
    for what, true, said in zip(Truth._fields, one.truth, one.recorded, strict=True):
        for path in sorted(true - said):
            print(f"{one.entry.name}: {what}: missed {path}")
        for path in sorted(said - true):
            print(f"{one.entry.name}: {what}: not in the truth: {path}")
    for gap in one.capture.get("missing", ()):
        print(f"{one.entry.name}: missing: {gap}")


def _facts(one: Compared) -> dict[str, Any]:
    pairs = {"truth": one.truth, "recorded": one.recorded}
    sets = {side: {name: sorted(paths) for name, paths in both._asdict().items()} for side, both in pairs.items()}
    return {"name": one.entry.name, "command": one.entry.command, **sets, "missing": one.capture.get("missing", [])}


if __name__ == "__main__":
    main()
