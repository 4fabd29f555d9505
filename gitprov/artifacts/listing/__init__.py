"""Canonical listings of directories: written, cut into parts, read back, compared.

A listing says what a directory holds, one line an entry; its digest stands for everything below. Nothing here touches
the files themselves but `describe`.
"""

from gitprov.artifacts.listing.compare import Difference, differences
from gitprov.artifacts.listing.described import Described, Skipped, describe
from gitprov.artifacts.listing.lines import MOST, Entry, parse_listing, refused_name, render
from gitprov.artifacts.listing.parts import Cutter, cut
from gitprov.artifacts.listing.read import Read, entries, find, verified, walk

__all__ = (
    "MOST",
    "Cutter",
    "Described",
    "Difference",
    "Entry",
    "Read",
    "Skipped",
    "cut",
    "describe",
    "differences",
    "entries",
    "find",
    "parse_listing",
    "refused_name",
    "render",
    "verified",
    "walk",
)
