"""`clean-tree`: the runs that made the files ran on committed code: a commit alone has all of it."""

from collections.abc import Iterator
from typing import Final

from gitprov.api.policy.changes import Changed
from gitprov.api.policy.facts import Facts
from gitprov.api.policy.rules.each_run import Fault, unmet
from gitprov.api.policy.words import again
from gitprov.capture.code import first_snapshot
from gitprov.model.policy import CleanTree
from gitprov.model.records import Run
from gitprov.model.text import single_line
from gitprov.model.verdicts import Finding

NAME: Final = "clean-tree"


def find(rule: CleanTree, facts: Facts) -> Iterator[Finding]:
    """Yield the runs whose code is in no commit."""

    def test(run: Run, _: Changed) -> Fault | None:
        what = _amiss(run, facts.session.repo.object_format, snapshot_will_do=rule.allow == "snapshot")
        return Fault(what, f"commit the code, then: {again(run)}") if what else None

    yield from unmet(NAME, rule, facts, test)


def _amiss(run: Run, object_format: str, *, snapshot_will_do: bool) -> str:
    code = run.code
    if code is None or not code.commit:
        return "does not know its code"
    if any(submodule.dirty for submodule in code.submodules):
        return "ran with uncommitted changes in a submodule"
    is_first = bool(code.tree) and code.commit == first_snapshot(object_format, code.tree or "", run.by)
    if not (code.base or code.omitted or is_first):
        return ""
    if not snapshot_will_do:
        return "ran on uncommitted changes"
    if code.omitted:
        return f"ran on a snapshot that leaves out {single_line(code.omitted[0].path, 100)}"
    return ""
