"""`required-fields`: the runs that made the files say what they were for, and what they stood on."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from gitprov.api.policy.changes import Changed
from gitprov.api.policy.facts import Facts
from gitprov.api.policy.rules.each_run import Fault, unmet
from gitprov.api.policy.words import again
from gitprov.model.policy import RequiredFields
from gitprov.model.records import Run
from gitprov.model.verdicts import Finding

NAME: Final = "required-fields"
_SEEDS: Final = ("seed", "random_seed", "random_state")
"""Names of parameters that are a seed as well."""
_GUESSED: Final = "@localhost>"
"""How the address of somebody ends whom git knows nothing of."""


def find(rule: RequiredFields, facts: Facts) -> Iterator[Finding]:
    """Yield the runs that leave out something."""

    def test(run: Run, _: Changed) -> Fault | None:
        missing = [field for field in rule.fields if not _says(run, field)]
        return Fault(f"says no {_listed(missing)}", _mend(run, missing)) if missing else None

    yield from unmet(NAME, rule, facts, test)


def _says(run: Run, field: str) -> bool:
    """Whether a run says something; a metric or parameter that is there says something, whatever its value."""
    if test := _FIELDS.get(field):
        return test(run)
    table, _, name = field.partition(".")
    values: Mapping[str, Any] = run.metrics if table == "metrics" else run.params
    return name in values or _is_nested(values, name.split("."))


def _is_nested(values: object, names: list[str]) -> bool:
    for name in names:
        if not isinstance(values, Mapping) or name not in values:
            return False
        values = values[name]
    return True


def _has_seed(run: Run) -> bool:
    """Whether a seed was set: that of Python's hashes is always drawn, and says nothing of intent."""
    return any(name != "hash" for name in run.seeds) or any(name in run.params for name in _SEEDS)


_FIELDS: Final[Mapping[str, Callable[[Run], bool]]] = {
    "hypothesis": lambda run: bool(run.intent and run.intent.hypothesis),
    "seed": _has_seed,
    "dataset": lambda run: any(item.digest for item in run.input),
    "metrics": lambda run: bool(run.metrics),
    "owner": lambda run: run.by.endswith(">") and not run.by.endswith(_GUESSED),
}
_OPTIONS: Final = {
    "hypothesis": ("--hypothesis", "'...'"),
    "seed": ("--seed", "N"),
    "dataset": ("-i", "DATA"),
    "metrics": ("--metrics", "FILE"),
}


def _mend(run: Run, missing: list[str]) -> str:
    if missing == ["owner"]:
        return "tell git who you are (git config user.email ...), and run it again"
    options: list[str] = []
    for field in missing:
        if field in _OPTIONS:
            options += _OPTIONS[field]
        elif field.startswith("params."):
            options += ("--param", f"{field.removeprefix('params.')}=...")
        elif field.startswith("metrics.") and "--metrics" not in options:
            options += _OPTIONS["metrics"]
    return again(run, None, *options)


def _listed(names: list[str]) -> str:
    return " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))
