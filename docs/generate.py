#!/usr/bin/env python3
"""Write what is generated from the code: man pages, completions, the CLI reference, the schema, the page of the rooms.

python docs/generate.py           write the files
python docs/generate.py --check   write nothing; exit 1 and name the files that are not fresh
"""

import sys
from pathlib import Path

import click

from generator import bash, fish, man, reference, rooms, zsh
from generator.commands import read
from gitprov.views.schema import schema

DOCS = Path(__file__).resolve().parent
PACKAGE = DOCS.parent / "gitprov"


def files(group: click.Group) -> dict[str, str]:
    """Return every generated file, by its path below `docs/`, with its text."""
    program = read(group)
    pages = {f"man/{name}": text for name, text in man.pages(program).items()}
    return pages | {
        "completions/git-prov.bash": bash.script(program),
        "completions/git-prov.fish": fish.script(program),
        "completions/git-prov.zsh": zsh.script(program),
        "reference/cli.md": reference.page(program),
        "reference/gitprov.schema.json": schema(),
        "design/rooms.md": rooms.page(PACKAGE),
    }


def stale(docs: Path, fresh: dict[str, str]) -> list[str]:
    """Return the paths below `docs` whose files differ from `fresh`, are missing, or should be gone."""
    here = {path.relative_to(docs).as_posix(): path for path in (*docs.glob("man/*"), *docs.glob("completions/*"))}
    return sorted(here.keys() - fresh.keys()) + sorted(
        name for name, text in fresh.items() if not (docs / name).is_file() or (docs / name).read_text() != text
    )


def write(docs: Path, fresh: dict[str, str]) -> list[str]:
    """Make the files below `docs` equal to `fresh` and return the paths that were not."""
    changed = stale(docs, fresh)
    for name in changed:
        path = docs / name
        if name in fresh:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(fresh[name])
        else:
            path.unlink()
    return changed


def main(arguments: list[str]) -> int:
    """Write or check, and say which files were not fresh."""
    from gitprov.cli.app import cli

    fresh = files(cli)
    if "--check" in arguments:
        names = stale(DOCS, fresh)
        print("".join(f"docs/{name} is not fresh: run docs/generate.py\n" for name in names), end="")
        return 1 if names else 0
    for name in write(DOCS, fresh):
        print(f"docs/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
