"""Notebooks as code: what of a Jupyter notebook says what it does, without what it showed when it last ran.

A notebook is untrusted when it is read: what makes no sense is passed over. Formats 3 and 4 are read,
https://nbformat.readthedocs.io/en/latest/format_description.html.
"""

import json
import os
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from gitprov.artifacts.hashing import digest_bytes
from gitprov.model.text import quote, unquote

SUFFIX: Final = ".ipynb"
_LARGEST: Final = 256 << 20  # bytes; outputs with pictures are large, but this is no notebook
_CODE: Final = ("code", "raw")
_PARAMETERS: Final = ("parameters", "injected-parameters")  # papermill's tags, in the order in which they count


class Cell(NamedTuple):
    """One cell, without its outputs."""

    kind: str
    source: str
    tags: tuple[str, ...] = ()


def cells(path: str) -> list[Cell] | None:
    """Return a notebook's cells; None for a file that is none, or cannot be read."""
    found = _read(path)
    return None if found is None else list(_cells(found))


def code_digest(path: str) -> str | None:
    """Return the digest of a notebook's code; None for a file that is no notebook.

    It is that of the canonical JSON of the list of `[kind, source]` of its code and raw cells, without spaces at the
    ends of lines, which editors add and take away.
    """
    found = cells(path)
    if found is None:
        return None
    code = [[cell.kind, _stripped(cell.source)] for cell in found if cell.kind in _CODE]
    text = json.dumps(code, ensure_ascii=True, separators=(",", ":"))
    return digest_bytes(text.encode())


def notebook_entries(paths: Iterable[str], root: str) -> list[dict[str, str]]:
    """Return `path` and `code` (digest) of those paths that are notebooks, in order, each once.

    Paths are as records have them: in the form of `model.text.quote`, relative to `root` or absolute.
    """
    digests = {path: code_digest(real_path(path, root)) for path in paths if path.rstrip('"').endswith(SUFFIX)}
    return [{"path": path, "code": code} for path, code in digests.items() if code]


def notebook_paths(names: Iterable[str], cwd: str, root: str) -> list[str]:
    """Return those files that are there, of paths seen from `cwd`, as records name paths."""
    top = os.path.realpath(root).rstrip("/") + "/"
    reals = (os.path.realpath(os.path.join(cwd, name)) for name in names)
    return [quote(real.removeprefix(top)) for real in reals if os.path.isfile(real)]


def real_path(path: str, root: str) -> str:
    """Return where a recorded path is for the system; empty for one that is malformed."""
    try:
        return os.path.join(root, os.fsdecode(unquote(path)))
    except ValueError:
        return ""


def notebook_params(path: str) -> dict[str, Any]:
    """Return the parameters that a notebook was run with, as papermill marks them; empty for one without.

    Values that are no literals are left out, as are notebooks in other languages.
    """
    found = _read(path) if path.endswith(SUFFIX) else None
    if found is None or not _is_python(found):
        return {}
    params: dict[str, Any] = {}
    listed = list(_cells(found))
    for tag in _PARAMETERS:
        for cell in listed:
            if cell.kind == "code" and tag in cell.tags:
                params |= _assigned(cell.source)
    return params


def _read(path: str) -> dict[str, Any] | None:
    try:
        if os.stat(path).st_size > _LARGEST:
            return None
        with open(path, "rb") as file:
            found = json.load(file)
    except (OSError, ValueError, RecursionError):
        return None
    is_notebook = isinstance(found, dict) and isinstance(found.get("nbformat"), int)
    return found if is_notebook and ("cells" in found or "worksheets" in found) else None


def _cells(notebook: dict[str, Any]) -> Iterator[Cell]:
    sheets = [notebook, *_dicts(notebook.get("worksheets"))]  # format 3 has its cells in worksheets
    for sheet in sheets:
        for cell in _dicts(sheet.get("cells")):
            source = cell.get("source", cell.get("input", ""))
            if isinstance(source, list):
                source = "".join(line for line in source if isinstance(line, str))
            metadata = cell.get("metadata")
            tags = metadata.get("tags") if isinstance(metadata, dict) else None
            kept = tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else ()
            yield Cell(str(cell.get("cell_type", "")), source if isinstance(source, str) else "", kept)


def _dicts(given: object) -> list[dict[str, Any]]:
    return [item for item in given if isinstance(item, dict)] if isinstance(given, list) else []


def _stripped(source: str) -> str:
    return "\n".join(line.rstrip() for line in source.splitlines()).strip("\n")


def _is_python(notebook: dict[str, Any]) -> bool:
    metadata = notebook.get("metadata")
    spec = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    return not isinstance(spec, dict) or spec.get("language", "python") == "python"


def _assigned(source: str) -> dict[str, Any]:
    """Return the names that are given literals at the top of a piece of Python."""
    import ast  # as dear as all the rest of this, and few notebooks have parameters

    try:
        statements = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    found: dict[str, Any] = {}
    for statement in statements:
        targets = [statement.target] if isinstance(statement, ast.AnnAssign) else getattr(statement, "targets", [])
        value = getattr(statement, "value", None)
        if len(targets) == 1 and isinstance(targets[0], ast.Name) and value is not None:
            try:
                found[targets[0].id] = ast.literal_eval(value)
            except (ValueError, TypeError, RecursionError, MemoryError):
                continue
    return found
