"""Two pieces of content compared as files of one name."""

from gitprov.replay.compare import files
from gitprov.replay.compare.outcome import Outcome
from gitprov.replay.compare.places import HOME, REPOSITORY, Normaliser
from gitprov.replay.compare.source import from_bytes
from gitprov.replay.compare.tally import Terms
from gitprov.replay.tolerance import Tolerances, from_flags

BEFORE = ("/home/ana/wine", "/home/ana")
AFTER = ("/srv/bo/copy", "/srv/bo")
"""Where the repository and the home of each side are."""


def compared(before: bytes | str, after: bytes | str, name: str = "results.txt", *tolerances: str) -> Outcome:
    """Compare two contents under one name, with tolerances as flags state them."""
    mine, its = (text.encode() if isinstance(text, str) else text for text in (before, after))
    sides = (Normaliser(zip(paths, (REPOSITORY, HOME), strict=True)) for paths in (BEFORE, AFTER))
    terms = Terms(Tolerances(from_flags(tolerances)), (name,), *sides)
    return files.compare(from_bytes(mine, name), from_bytes(its, name), terms)
