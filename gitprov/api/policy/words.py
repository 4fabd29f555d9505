"""How findings speak of paths, runs and the commands that mend them."""

from collections.abc import Sequence
from typing import Final

from gitprov.api.policy.known import Output
from gitprov.model import shell
from gitprov.model.ids import ABBREV
from gitprov.model.policy import Rule
from gitprov.model.records import Run
from gitprov.model.text import quote, single_line
from gitprov.model.verdicts import WARN, Finding

_COMMAND: Final = 300
_SOME: Final = 40
ANY_COMMAND: Final = "git prov run -- COMMAND"


def finding(
    name: str, rule: Rule, what: str, mend: str = "", *, path: str = "", commit: str = "", run: Run | None = None
) -> Finding:
    """Return an offence against a rule, at the rule's level. `path` is as git has it."""
    return Finding(name, str(rule.level), what, mend, quote(path) if path else "", commit, run.id if run else "")


def doubt(name: str, what: str, mend: str = "", *, path: str = "", commit: str = "", run: Run | None = None) -> Finding:
    """Return what cannot be judged: it is said, and stops nobody."""
    return Finding(name, WARN, what, mend, quote(path) if path else "", commit, run.id if run else "")


def shown(path: str) -> str:
    """Return a path of git's as people read it."""
    return single_line(quote(path), 200)


def named(run: Run) -> str:
    """Return how a run is called: `run 9f2c1ab`."""
    return f"run {run.id[:ABBREV]}"


def several(paths: Sequence[str]) -> str:
    """Return the first of several paths, and how many more there are."""
    return shown(paths[0]) + (f" and {len(paths) - 1} more" if len(paths) > 1 else "")


def again(run: Run, output: Output | None = None, *options: str) -> str:
    """Return the command that runs a run's command anew; with `-o` where `output` is known by that alone.

    What is too long to be shown whole is not cut, for half a command is another one: where it stands is said.
    """
    command = shell.command(run.command)
    if not command:
        return ANY_COMMAND
    declared = output.item.path if output is not None and output.item.how == "declared" else ""
    part_of = ["--experiment", shell.word(run.intent.experiment)] if run.intent and run.intent.experiment else []
    words = [*part_of, *options, *(["-o", shell.path(shell.plain(declared))] if declared else [])]
    where = "" if run.cwd in (None, ".") else f"cd {shell.path(shell.plain(run.cwd))} && "
    whole = " ".join([f"{where}git prov run", *words, "--", command])
    if len(whole) <= _COMMAND:
        return whole
    return " ".join(["git prov run", *words, f"-- COMMAND, which stands in: git prov show {run.id[:ABBREV]}"])


def brief(text: str) -> str:
    """Return the beginning of what somebody wrote, on one line."""
    return single_line(text, _SOME)
