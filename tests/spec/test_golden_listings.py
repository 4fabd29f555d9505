"""The vectors in `v1/listings.json`: listings of directories, whole and in parts. They are added to and never changed.

In a vector of `cut`, file number n (from 0) of the sorted `files` holds n in decimal; `listings` are the digests
in the order in which the listings are complete, the directory's own last.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from blake3 import blake3

from gitprov.artifacts.listing import Entry, cut, entries, parse_listing, render

VECTORS: dict[str, Any] = json.loads((Path(__file__).parent / "v1" / "listings.json").read_text(encoding="utf-8"))
CUT: list[dict[str, Any]] = VECTORS["cut"]


def b3(data: bytes) -> str:
    return f"b3:{blake3(data).hexdigest()}"


def test_a_small_directory_is_listed_like_this() -> None:
    small = VECTORS["small"]
    listing: bytes = small["listing"].encode()
    found = parse_listing(listing)
    assert b3(listing) == small["digest"]
    assert sum(entry.size for entry in found) == small["size"]
    assert render(reversed(found)) == listing
    assert [entry.name for entry in found] == sorted([b"a run", b"caf\xe9", b"d", b"l", b"tab\there", "ö".encode()])


@pytest.mark.parametrize("vector", CUT, ids=lambda vector: vector["name"])
def test_a_directory_is_cut_like_this(vector: dict[str, Any]) -> None:
    names = [name.encode() for name in vector["files"]]
    directory = [Entry("644", len(str(n)), b3(b"%d" % n), name) for n, name in enumerate(names)]
    made = list(cut(directory))
    assert [digest for digest, _ in made] == vector["listings"]
    assert all(digest == b3(data) for digest, data in made)
    assert made[-1][0] == vector["digest"]
    assert list(entries(vector["digest"], dict(made).__getitem__)) == directory
    assert sum(entry.size for entry in directory) == vector["size"]


def test_there_is_a_vector_for_each_way_to_cut() -> None:
    assert {vector["name"]: len(vector["listings"]) > 1 for vector in CUT} == {
        "512": False, "513": True, "no seam": True, "deep": True,
    }  # fmt: skip
