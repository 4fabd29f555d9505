"""Hashing what a program says it reads, at the moment it says so."""

import os

from gitprov.capture.files.declared import expand, hash_declared


def read(path: str | os.PathLike[str]) -> dict[str, object]:
    """Return the journal's line for an input: a file, directory or pattern. Raises `ProvError` where it is not there.

    Paths are absolute and resolved: what they are in the repository is known where the record is put together.
    """
    hashed = hash_declared(expand([os.fsdecode(path)], os.getcwd(), ""), how="api")
    line: dict[str, object] = {"inputs": hashed.entries}
    if hashed.listings:
        line["data"] = {digest: data.decode("utf-8", "surrogateescape") for digest, data in hashed.listings.items()}
    if hashed.problems:
        line["missing"] = hashed.problems
    return line
