"""How far a metric has varied where the same run was recorded several times: no more than that is no deviation."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gitprov.api.reading import Reading, fields
from gitprov.replay.tolerance import Spread, spread

Record = Mapping[str, Any]


def spreads(reading: Reading, recorded: Record) -> dict[str, Spread]:
    """Return the range of each metric over the runs with the same command, code, data, software and seeds."""
    alike = [recorded, *(run for run in _others(reading, recorded) if _key(run) == _key(recorded))]
    if len(alike) < 2:
        return {}
    names = {name: None for run in alike for name in run.get("metrics") or ()}
    found = {name: spread(_values(alike, name)) for name in names}
    return {name: one for name, one in found.items() if one is not None}


def _others(reading: Reading, recorded: Record) -> Iterator[Record]:
    for stored in reading.runs:
        if stored.id != recorded["id"]:
            run = fields(stored)
            if run["status"] == "ok" and run.get("command") == recorded.get("command"):
                yield run


def _key(run: Record) -> tuple[Any, ...]:
    """What two runs have in common that should come to the same but for chance."""
    code, environment = run.get("code") or {}, run.get("environment") or {}
    inputs = sorted((entry["path"], entry.get("digest", "")) for entry in run.get("input") or ())
    told = (run.get("command"), run.get("cwd"), run.get("params"), run.get("seeds", {}).get("declared"))
    return (*told, code.get("files") or code.get("tree"), inputs, environment.get("digest"))


def _values(runs: Iterable[Record], name: str) -> list[Any]:
    return [run["metrics"][name] for run in runs if name in (run.get("metrics") or {})]
