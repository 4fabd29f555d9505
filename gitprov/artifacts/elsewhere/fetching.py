"""Bytes brought back from where they live, under our own digest: what comes is that, or nothing is kept."""

import os

from gitprov.artifacts.elsewhere import annex, http, lfs, s3
from gitprov.artifacts.elsewhere.delivery import Delivery
from gitprov.artifacts.elsewhere.dvc import fetching as dvc
from gitprov.artifacts.elsewhere.location import ANNEX, DVC, LFS, S3, URL, Location, World
from gitprov.artifacts.hashing import Tell
from gitprov.errors import InvalidRecord
from gitprov.model.text import visible


def fetch(location: Location, digest: str, target: str, world: World, tell: Tell | None = None) -> None:
    """Fill the file `target` with the bytes of `digest` (`b3:...`) from a location. To be called when a person asks.

    What an earlier try left in `target` is gone on from. `NotFound` when they are not there, `delivery.Disagrees` (and
    an empty file) when others are, `ProvError` for all else; each says what to do.
    """
    with Delivery(target, digest, location.size, tell) as delivery:
        if location.kind == LFS:
            lfs.fetch(location, delivery, world)
        elif location.kind == ANNEX:
            annex.fetch(location, delivery, world)
        elif location.kind == DVC:
            dvc.fetch(location, delivery, world)
        elif location.kind == URL:
            http.fetch(location, delivery, world)
        elif location.kind == S3:
            s3.fetch(location, delivery)
        else:
            raise _unknown(location)


def at_hand(location: Location, world: World) -> str:
    """Return the local file that another tool keeps for a location, to be linked or copied; `""` when it is not here.

    Nothing is proved: whoever takes it hashes it.
    """
    finders = {LFS: lfs.at_hand, ANNEX: annex.at_hand, DVC: dvc.at_hand}
    finder = finders.get(location.kind)
    places = finder(location, world) if finder else []
    return next((path for path in places if os.path.isfile(path) and not os.path.islink(path)), "")


def _unknown(location: Location) -> InvalidRecord:
    return InvalidRecord(
        f"{visible(location.kind)[:40]!r} is no kind of place that is known here", hint="a newer git prov may know it"
    )
