"""Reading a repository's settings whole, and saying everything that is amiss in them at once."""

import json
from typing import Any, Final, NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from gitprov.api.policy import meaning, sources
from gitprov.api.policy.faults import Fault, PolicyError
from gitprov.api.policy.locating import Path, Places, locate
from gitprov.api.policy.naming import known, near
from gitprov.api.policy.sources import INDEX, WORKTREE, Source
from gitprov.api.policy.syntax import parsed
from gitprov.gitrepo.repo import Repo
from gitprov.model.policy import Policy, Shared
from gitprov.model.refusal import shown

__all__ = ["INDEX", "WORKTREE", "Fault", "Loaded", "PolicyError", "load", "policy"]

_WORDS: Final = {
    "missing": "is missing",
    "string_type": "is not a text",
    "int_type": "is not a whole number",
    "bool_type": "is not true or false",
    "tuple_type": "is not a list",
    "dict_type": "is not a table",
    "model_type": "is not a table",
    "too_short": "is empty",
    "string_too_short": "is empty",
}
_KEY: Final = "[key]"
"""Where pydantic says that a key itself is what is wrong."""


class Loaded(NamedTuple):
    """Settings, and where they stand."""

    shared: Shared
    table: dict[str, Any]
    """What the file says, as it stands there."""
    file: str
    """What to call the file; "" where there is none."""
    above: Path
    places: Places

    def line(self, path: Path) -> int:
        """Return the line of a key of the settings; 0 where it does not stand there."""
        return self.places.lines().get((*self.above, *path), 0)


def policy(repo: Repo, source: str = WORKTREE, *, index_file: str = "") -> Policy:
    """Return what changes are judged by: of the working tree, of the index (`INDEX`), or of a revision.

    A repository that says nothing has a policy without rules. Raises `PolicyError` with every fault of the file,
    `GitFailed` where there is no such revision. For `index_file` see `sources.find`.
    """
    return load(repo, source, index_file=index_file).shared.policy


def load(repo: Repo, source: str = WORKTREE, *, index_file: str = "") -> Loaded:
    """Return all that a repository shares, and where it stands. Raises as `policy` does."""
    found = sources.find(repo, source, index_file=index_file)
    return understood(found) if found else Loaded(Shared(), {}, "", (), Places([]))


def understood(source: Source) -> Loaded:
    """Return what a text says. Raises `PolicyError` with every fault of it."""
    whole = parsed(source)
    table: Any = whole
    for key in source.above:
        table = table.get(key, {}) if isinstance(table, dict) else {}
    places = locate(source.data.decode())
    try:
        shared = Shared.model_validate(table)
    except ValidationError as error:
        details = error.errors(include_url=False)
        refused = [_fault(detail, table) for detail in details if not _follows(detail)]
    else:
        refused = []
    if isinstance(table, dict):
        said = {fault.path for fault in refused}
        refused += [fault for fault in meaning.faults(table) if fault.path not in said]
    if refused:
        raise PolicyError(source.file, (_placed(fault, source.above, places) for fault in refused))
    return Loaded(shared, table, source.file, source.above, places)


def _placed(fault: Fault, above: Path, places: Places) -> Fault:
    path = (*above, *fault.path)
    return fault._replace(path=path, line=places.line(path))


def _fault(detail: ErrorDetails, table: object) -> Fault:
    path: Path = detail["loc"]
    if path[-1:] == (_KEY,) or not _is_entry(path, table):
        path = path[:-1]
    context = detail.get("ctx", {})
    if detail["type"] == "extra_forbidden":
        return Fault(path, f"is not known{near(str(path[-1]), known(path[:-1]), 'known are')}")
    value = context.get("shown", detail["input"])
    if detail["type"] == "tuple_type" and isinstance(value, str):
        return Fault(path, f"is not a list: write {json.dumps([value], ensure_ascii=False)}")
    hidden = detail["type"] in ("missing", "too_short", "string_too_short") or isinstance(value, dict | list)
    return Fault(path, f"{_reason(detail, context)}{'' if hidden else shown(value)}")


def _follows(detail: ErrorDetails) -> bool:
    """Whether a list is said to be empty only because its entries were refused."""
    return detail["type"] == "too_short" and bool(detail["input"])


def _is_entry(path: Path, table: object) -> bool:
    """Whether a path that ends in a place in a list does so in the file; a list of one may be written as a text."""
    if not path or not isinstance(path[-1], int):
        return True
    for part in path[:-1]:
        table = table[part] if isinstance(table, dict | list) else None  # type: ignore[index]
    return isinstance(table, list)


def _reason(detail: ErrorDetails, context: dict[str, Any]) -> str:
    kind = detail["type"]
    if kind in ("literal_error", "enum"):
        return f"is not {context['expected']}"
    if kind == "greater_than_equal":
        return f"is less than {context['ge']}"
    return _WORDS.get(kind, detail["msg"])
