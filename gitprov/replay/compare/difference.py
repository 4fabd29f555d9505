"""One difference in the circumstances of two runs, and how likely its kind is to change a result."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from gitprov.model.text import single_line
from gitprov.replay.compare.tally import shown

_WEIGHTS: Final = {
    "input": 100, "code": 90, "command": 88, "param": 86, "seed": 80, "unseeded": 78, "hash seed": 74,
    "numerical package": 70, "used package": 66, "container": 62, "python": 60, "threads": 56, "determinism": 55,
    "library": 54, "code read": 50, "cpu flags": 48, "cpu": 46, "gpu": 44, "variable": 36, "platform": 34,
    "package": 24, "cores": 20, "memory": 10, "unknown": 0,
}  # fmt: skip
"""Why this order: what changes every result stands first, then what changes many, then last digits only."""
_WORDS: Final = {
    "numerical package": "package", "used package": "package", "cpu flags": "instruction sets of the processor",
    "code read": "code", "cpu": "processor", "gpu": "GPU", "param": "parameter", "seed": "seed of",
    "unseeded": "randomness without a seed:",
}  # fmt: skip
_PRESENCE: Final = 36
"""How much less an input counts that only one side saw: seen differently is not read differently."""
_DIGEST: Final = 15
_NAME: Final = 200


class Difference(NamedTuple):
    """One thing that was not the same."""

    kind: str
    """`input`, `code`, `seed`, `unseeded`, `numerical package`, `python`, `threads`, ... or `unknown`."""
    name: str
    before: str
    """What is recorded, in short."""
    after: str
    weight: int
    """From 0 to 100: how early it is named as a cause."""

    @property
    def words(self) -> str:
        """Say it in one line: `package numpy: 2.0.2 → 2.1.0`."""
        label = f"{_WORDS.get(self.kind, self.kind)} {self.name}".strip()
        return label if self.before == self.after else f"{label}: {self.before} → {self.after}"


UNKNOWN: Final = Difference("unknown", "cause: nothing that is recorded was different", "", "", 0)
"""What is named where two runs differ in nothing that is known."""


def weighed(kind: str, name: str, before: object, after: object, *, note: str = "") -> Difference:
    """Return a difference with the weight of its kind; `note` is `presence` where one side has no such thing at all."""
    weight = _WEIGHTS[kind] - (_PRESENCE if note == "presence" else 0)
    return Difference(kind, single_line(name, _NAME), _short(before), _short(after), weight)


def table(run: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return a table of a record; empty where there is none."""
    value = run.get(name)
    return value if isinstance(value, Mapping) else {}


def listed(value: object) -> list[str]:
    """Return the texts of a list; a text is a list of one."""
    if isinstance(value, str):
        return [value]
    return [item for item in value if isinstance(item, str)] if isinstance(value, list | tuple) else []


def _short(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, str) and value.startswith(("b3:", "git:")):
        return value[:_DIGEST]
    return shown(value)
