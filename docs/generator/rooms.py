"""The page that says what each room offers, from the first lines of the modules themselves."""

import ast
from pathlib import Path

from generator.prose import NOTICE

_USERS = "api.demo_project"
"""What is no module of ours: the script that the demo trains with."""
ROOMS = ("cli", "hooks", "api", "capture", "index", "records", "artifacts", "gitrepo", "views", "model")

_OPENING = """# The rooms and their faces

What stands in each room, from the top of the house down; the picture and the levels are in
[architecture](architecture.md). A module's public names and their docstrings are its face.

One rule shapes all of it: **the hot path is `git prov run`, and imports are its budget.** From the prompt to the
child's start, and from the child's end to the prompt, only the standard library's light modules, blake3 and tomli-w
are imported, and of ours only what the run uses. So a run is put together as a plain `dict` with the field names of
the format, and the pydantic models in `model` judge what is *read back* and what comes from outside. Tests hold the
budget, and that the models accept, unchanged, what the hot path writes.

How a run flows: `cli.running` → `api.run` → `api.watch` begins a `Draft` (request, code, declared inputs) and a
journal → `capture.process` runs the child → `api.watch` collects (environment, hardware, outputs, metrics) →
`api.store` puts record, anchors, data and both views into one `records.change`. Nothing flows back up.
"""


def page(package: Path) -> str:
    """Return `docs/design/rooms.md` for the package that stands in this directory."""
    parts = [f"<!-- {NOTICE} -->", "", _OPENING]
    for room in ROOMS:
        parts += [
            f"## {room}",
            "",
            _docstring(package / room / "__init__.py"),
            "",
            "| module | holds |",
            "| --- | --- |",
        ]
        modules = {_name(path, package): path for path in (package / room).rglob("*.py")}
        parts += [
            f"| `{name}` | {_first(_docstring(path))} |"
            for name, path in sorted(modules.items())
            if name != room and not name.startswith(_USERS)
        ]
        parts.append("")
    return "\n".join(parts)


def _name(path: Path, package: Path) -> str:
    """Return a module's name below the package; a room inside a room stands before what is in it."""
    parts = path.relative_to(package).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _docstring(path: Path) -> str:
    return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""


def _first(docstring: str) -> str:
    return docstring.partition("\n")[0].replace("|", "\\|")
