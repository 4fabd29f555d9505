"""What most rules do: hold the runs that made the files to something, and say it once for all files of a run."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from gitprov.api.policy.changes import Changed
from gitprov.api.policy.contents import Unknown
from gitprov.api.policy.facts import Facts
from gitprov.api.policy.words import doubt, finding, named, several
from gitprov.model.policy import Rule
from gitprov.model.records import Run
from gitprov.model.verdicts import Finding


class Fault(NamedTuple):
    """What a run lacks: a clause to stand after its name, and what mends it."""

    what: str
    mend: str = ""
    unsure: bool = False
    """Whether it cannot be told; then it stops nobody."""


Test = Callable[[Run, Changed], Fault | None]
"""Holds a run to something, for the sake of a file that it made; `None` where it is in order."""


def unmet(name: str, rule: Rule, facts: Facts, test: Test, tags: Iterable[str] = ()) -> Iterator[Finding]:
    """Yield the runs that fail a test, with the files that they made.

    Where several runs made the very same file, one of them is enough; the newest is the one that is spoken of. What no
    run made is the concern of `results-need-run` alone; where it cannot be told which run made a file, that is said.
    """
    found: dict[tuple[str, Fault], tuple[Run, list[str]]] = {}
    untold: dict[Unknown, list[str]] = {}
    for one in facts.results(rule.paths, tags):
        origin = facts.origin(one)
        runs = [output.run for output in origin.made]
        faults = [test(run, one) for run in runs]
        if runs and (fault := faults[0]) is not None and None not in faults:
            found.setdefault((runs[0].id, fault), (runs[0], []))[1].append(one.path)
        if origin.unsure and not runs and not origin.spoiled:
            untold.setdefault(origin.unsure, []).append(one.path)
    for (_, fault), (run, paths) in found.items():
        what = f"{named(run)}, which made {several(paths)}, {fault.what}"
        if fault.unsure:
            yield doubt(name, what, fault.mend, path=paths[0], run=run)
        else:
            yield finding(name, rule, what, fault.mend, path=paths[0], run=run)
    for why, paths in untold.items():
        yield doubt(name, f"which run made {several(paths)} cannot be told: {why.reason}", why.help, path=paths[0])
