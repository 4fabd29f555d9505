"""Asking a file system whether it takes two names for one."""

import os
from collections.abc import Iterable

from gitprov.artifacts.checkout.contents import Alike
from gitprov.artifacts.store.layout import unwritable
from gitprov.model.text import quote


def first_taken_for_one(root: bytes, pairs: Iterable[Alike]) -> Alike | None:
    """Return the first of these pairs that is one file where `root` is or would be.

    They are tried in a directory of their own, which is removed again.
    """
    import shutil  # dear to import, and most plans have no such pairs
    import tempfile

    place = nearest(root)
    try:
        directory = tempfile.mkdtemp(prefix=b".git-prov-", dir=place)
    except OSError as error:
        raise unwritable(quote(place), error) from error
    try:
        return next((pair for pair in pairs if _is_one(directory, pair)), None)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def nearest(path: bytes) -> bytes:
    """Return the nearest directory at or above a path that is there."""
    path = os.path.abspath(path)
    while not os.path.isdir(path):
        path = os.path.dirname(path)
    return path


def _is_one(directory: bytes, pair: Alike) -> bool:
    one = os.path.join(directory, pair.one)
    with open(one, "wb"):
        pass
    try:
        return os.path.lexists(os.path.join(directory, pair.other))
    finally:
        os.unlink(one)
