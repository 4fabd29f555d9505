"""Places of bytes as people call them."""

from typing import Final

from gitprov.model.pointer import Location

_TOOLS: Final = {"lfs": "Git LFS", "dvc": "DVC", "annex": "git-annex"}


def tool(kind: str) -> str:
    """Return what the tool behind a kind of place is called."""
    return _TOOLS.get(kind, kind)


def place_of(said: Location) -> str:
    """Return where a copy is: the name of a data remote or of a tool, else the address."""
    if said.kind == "remote" and said.remote:
        return said.remote
    return _TOOLS.get(said.kind, said.url or said.kind)
