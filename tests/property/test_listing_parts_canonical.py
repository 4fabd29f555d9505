"""Listings in parts: one form for one set of entries, read back as it was, and compared without reading all."""

from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitprov.artifacts.hashing import digest_bytes
from gitprov.artifacts.listing import MOST, Entry, cut, differences, entries, find, refused_name

pytestmark = pytest.mark.property

SEAMS = [name for name in (b"s%d" % number for number in range(40_000)) if not crc32(name) & 63][:600]
SMOOTH = [name for name in (b"t%d" % number for number in range(1200)) if crc32(name) & 63]
names = st.one_of(
    st.binary(min_size=1, max_size=8).filter(lambda name: not refused_name(name)),
    st.sampled_from(SEAMS),
    st.sampled_from(SMOOTH),
)
# a few names of any kind on top of a run of many, so that directories are around every limit there is
directories = st.builds(
    lambda seams, smooth, some: {*SEAMS[:seams], *SMOOTH[:smooth], *some},
    st.integers(0, len(SEAMS)),
    st.integers(0, len(SMOOTH)),
    st.sets(names, max_size=20),
)


def of(directory: set[bytes], content: bytes = b"") -> list[Entry]:
    return [Entry("644", 1, digest_bytes(name + content), name) for name in sorted(directory)]


@settings(max_examples=60, deadline=None)
@given(directories)
def test_any_directory_is_read_back_and_no_listing_is_too_long(directory: set[bytes]) -> None:
    expected = of(directory)
    listings = dict(cut(expected))
    assert list(entries(list(listings)[-1], listings.__getitem__)) == expected
    assert all(data.count(b"\n") <= MOST for data in listings.values())


@settings(max_examples=40, deadline=None)
@given(directories, names)
def test_any_name_is_found_just_where_it_is(directory: set[bytes], name: bytes) -> None:
    listings = dict(cut(of(directory)))
    found = find(list(listings)[-1], name, listings.__getitem__)
    assert found == (of({name})[0] if name in directory else None)


@settings(max_examples=40, deadline=None)
@given(directories, st.sets(names, max_size=5), st.sets(names, max_size=5))
def test_differences_are_those_of_the_sets(directory: set[bytes], gone: set[bytes], new: set[bytes]) -> None:
    after = (directory - gone) | new
    one, other = dict(cut(of(directory))), dict(cut(of(after)))
    listings = {**one, **other}
    found = list(differences(list(one)[-1], list(other)[-1], listings.__getitem__))
    assert [change.path for change in found if change.new is None] == sorted(directory - after)
    assert [change.path for change in found if change.old is None] == sorted(after - directory)
    assert len(found) == len(directory ^ after)
