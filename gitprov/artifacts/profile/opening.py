"""Opening a file that holds a table, whichever kind."""

from gitprov.artifacts.profile.columnar import Columnar
from gitprov.artifacts.profile.delimited import Delimited
from gitprov.artifacts.profile.jsonlines import JsonLines
from gitprov.artifacts.profile.tables import PACKED, Table, kind_of, no_table


def open_table(path: str) -> Table:
    """Open a file that is a table by its name. OSError where that cannot be done, ProvError where it is none."""
    kind = kind_of(path)
    is_packed = path.lower().endswith(PACKED)
    if kind == "csv":
        return Delimited(path, is_packed=is_packed)
    if kind == "jsonl":
        return JsonLines(path, is_packed=is_packed)
    if kind:
        return Columnar(path, kind)
    raise no_table(path, "its name does not say so")
