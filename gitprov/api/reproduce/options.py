"""What a person may ask of `git prov reproduce`, and who is told what meanwhile."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

Tell = Callable[[str], None]
"""Told in a few words what is being done now."""


class ReproduceOptions(NamedTuple):
    """What a person may ask of one reproduction."""

    directory: str = ""
    """Where to run, absolute; it is kept. `""` for a place that goes again."""
    environment: str = "restore"
    """`restore`, `current` or `container`."""
    build: bool = False
    """Whether packages may be fetched from addresses in the record, and built."""
    install_python: bool = False
    installer: str = ""
    without: Sequence[str] = ()
    """Packages to leave out."""
    tolerances: Sequence[str] = ()
    because: str = ""
    message: str = ""
    sandbox: bool = False
    same_path: str = ""
    """Where the command sees its place, absolute; `""` for where that is."""
    keep: bool = False
    """Whether the bytes of what it makes go into the store of this clone."""
    trace: str | None = None
    quiet: bool = False
    """Whether the command's standard output goes where its standard error goes."""
