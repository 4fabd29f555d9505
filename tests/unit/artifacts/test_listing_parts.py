from collections.abc import Callable, Iterable
from zlib import crc32

import pytest

from gitprov.artifacts.hashing import digest_bytes
from gitprov.artifacts.listing import MOST, Entry, cut, entries, find, parse_listing, render, verified, walk
from gitprov.errors import InvalidRecord

Listings = dict[str, bytes]


def file(name: str | bytes, content: bytes = b"x") -> Entry:
    name = name.encode() if isinstance(name, str) else name
    return Entry("644", len(content), digest_bytes(content), name)


def files(count: int) -> list[Entry]:
    return [file(f"file-{number:06d}") for number in range(count)]


def made(directory: Iterable[Entry]) -> tuple[str, Listings]:
    listings = dict(cut(directory))
    return list(listings)[-1], listings


def seams(count: int) -> list[str]:
    """Return names at which a part begins."""
    names = (f"n{number}" for number in range(count * 80))
    return sorted([name for name in names if not crc32(name.encode()) & 63][:count])


def test_512_entries_are_one_listing_as_ever() -> None:
    digest, listings = made(files(MOST))
    assert listings == {digest: render(files(MOST))}


def test_one_more_is_listed_in_parts() -> None:
    digest, listings = made(files(MOST + 1))
    parts = parse_listing(listings[digest])
    assert {part.mode for part in parts} == {"part"}
    assert sum(part.size for part in parts) == MOST + 1
    assert b"".join(listings[part.digest] for part in parts) == render(files(MOST + 1))


def test_the_empty_directory_is_the_empty_listing() -> None:
    assert list(cut([])) == [(digest_bytes(b""), b"")]
    assert list(entries(digest_bytes(b""), {digest_bytes(b""): b""}.__getitem__)) == []


def test_entries_out_of_order_are_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="sorted"):
        list(cut([file("b"), file("a")]))


def test_a_part_begins_at_names_whose_checksum_says_so() -> None:
    digest, listings = made(files(5000))
    parts = parse_listing(listings[digest])
    for part in parts[1:]:
        assert not crc32(part.name) & 63
    assert 40 < len(parts) < 120


def test_a_part_without_a_seam_is_cut_at_its_length() -> None:
    names = [f"n{number:06d}" for number in range(2000)]
    directory = [file(name) for name in names if crc32(name.encode()) & 63]
    digest, listings = made(directory)
    lengths = [listings[part.digest].count(b"\n") for part in parse_listing(listings[digest])]
    assert lengths == [MOST] * (len(directory) // MOST) + [len(directory) % MOST]
    assert list(entries(digest, listings.__getitem__)) == directory


def test_many_parts_are_listed_in_parts_themselves() -> None:
    directory = [file(name) for name in seams(700)]
    digest, listings = made(directory)
    above = parse_listing(listings[digest])
    assert all(parse_listing(listings[part.digest])[0].mode == "part" for part in above)
    assert list(entries(digest, listings.__getitem__)) == directory


@pytest.mark.parametrize("count", [1, MOST, MOST + 1, 40_000])
def test_what_was_cut_is_read_back(count: int) -> None:
    directory = files(count)
    digest, listings = made(directory)
    assert list(entries(digest, verified(listings.__getitem__))) == directory


def test_one_changed_file_of_100_000_makes_a_few_kilobytes() -> None:
    directory = files(100_000)
    _, before = made(directory)
    directory[54_321] = file("file-054321", b"changed")
    _, after = made(directory)
    new = [data for digest, data in after.items() if digest not in before]
    assert len(new) == 3
    assert sum(map(len, new)) < 25_000


def test_one_new_file_moves_no_seam_but_those_beside_it() -> None:
    directory = files(100_000)
    _, before = made(directory)
    _, after = made(sorted([*directory, file("file-054321a")], key=lambda entry: entry.name))
    assert len(after.keys() - before.keys()) == 3


def counting(listings: Listings) -> tuple[list[str], Callable[[str], bytes]]:
    asked: list[str] = []

    def read(digest: str) -> bytes:
        asked.append(digest)
        return listings[digest]

    return asked, read


def test_one_file_is_found_by_reading_one_listing_a_level() -> None:
    directory = files(100_000)
    inner, listings = made(directory)
    outer, more = made([Entry("dir", 100_000, inner, b"data")])
    asked, read = counting({**listings, **more})
    assert find(outer, b"data/file-077777", read) == directory[77_777]
    assert len(asked) == 4


@pytest.mark.parametrize("path", [b"file-2", b"a", b"zzz", b"file-000007/below", b"", b"file-000007/"])
def test_what_is_not_there_is_not_found(path: bytes) -> None:
    digest, listings = made(files(2000))
    assert find(digest, path, listings.__getitem__) is None


def tree() -> tuple[str, Listings]:
    inner, listings = made(files(600))
    top = [Entry("dir", 600, inner, b"a"), file("a-b"), Entry("link", 1, digest_bytes(b"a"), b"l")]
    outer, more = made(top)
    return outer, {**listings, **more}


def test_a_walk_gives_every_leaf_with_its_path() -> None:
    digest, listings = tree()
    found = list(walk(digest, listings.__getitem__))
    assert [path for path, _ in found[:2]] == [b"a/file-000000", b"a/file-000001"]
    assert [path for path, _ in found[-2:]] == [b"a-b", b"l"]
    assert len(found) == 602


def test_a_directory_that_lies_about_its_size_is_refused() -> None:
    inner, listings = made(files(3))
    outer, more = made([Entry("dir", 4, inner, b"a")])
    with pytest.raises(InvalidRecord, match="size"):
        list(walk(outer, {**listings, **more}.__getitem__))


def test_bytes_that_do_not_agree_with_their_digest_are_refused() -> None:
    digest, listings = tree()
    flipped = bytearray(listings[digest])
    flipped[0] ^= 1
    with pytest.raises(InvalidRecord, match="other bytes"):
        verified({digest: bytes(flipped)}.__getitem__)(digest)


def listed(*lists: list[Entry], modes: str = "part") -> tuple[str, Listings]:
    """Return a directory cut into parts by hand."""
    listings = {digest_bytes(render(one)): render(one) for one in lists}
    parts = [Entry(modes, sum(e.size for e in one), digest_bytes(render(one)), one[0].name) for one in lists]
    top = "".join(part.line() for part in parts).encode()
    return digest_bytes(top), {**listings, digest_bytes(top): top}


def test_parts_where_one_listing_would_do_are_refused() -> None:
    refused(*listed([file("a")], [file(seams(1)[0])]))


def test_a_seam_in_another_place_is_refused() -> None:
    directory = files(1000)
    digest, listings = made(directory)
    lengths = [listings[part.digest].count(b"\n") for part in parse_listing(listings[digest])]
    first = lengths[0]
    refused(*listed(directory[: first - 1], directory[first - 1 : 512], directory[512:]))
    refused(*listed(directory[:512], directory[512:]))


def test_parts_in_another_order_are_refused() -> None:
    directory = [file(name) for name in seams(600)]
    last = directory[-1]
    refused(*listed(directory[:1], [last], *[[entry] for entry in directory[1:400]]))


def test_a_name_in_two_parts_is_refused() -> None:
    names = [f"n{number:06d}" for number in range(2000)]
    plain = [file(name) for name in names if crc32(name.encode()) & 63]
    refused(*listed(plain[:512], plain[511:900]))


def test_a_part_that_is_not_the_one_it_is_said_to_be_is_refused() -> None:
    digest, listings = made(files(600))
    parts = parse_listing(listings[digest])
    for wrong in (parts[1]._replace(size=parts[1].size + 1), parts[1]._replace(name=parts[1].name + b"x")):
        top = render([parts[0], wrong, *parts[2:]])
        refused(digest_bytes(top), {**listings, digest_bytes(top): top})


def test_parts_of_unequal_depth_are_refused() -> None:
    directory = [file(name) for name in seams(700)]
    digest, listings = made(directory)
    parts = parse_listing(listings[digest])
    top = render([*parse_listing(listings[parts[0].digest]), *parts[1:]])
    refused(digest_bytes(top), {**listings, digest_bytes(top): top})


def test_parts_without_end_are_refused() -> None:
    digest, listings = made(files(1))
    for _ in range(40):
        line = Entry("part", 1, digest, b"file-000000").line().encode()
        digest = digest_bytes(line)
        listings[digest] = line
    refused(digest, listings)
    with pytest.raises(InvalidRecord):
        find(digest, b"file-000000", listings.__getitem__)


def test_parts_and_entries_in_one_listing_are_refused() -> None:
    part = Entry("part", 1, digest_bytes(b"x"), b"b")
    with pytest.raises(InvalidRecord, match="parts and entries together"):
        parse_listing(render([file("a"), part]))


def test_an_empty_directory_or_part_has_no_line() -> None:
    for mode in ("dir", "part"):
        with pytest.raises(InvalidRecord, match="empty directory"):
            parse_listing(Entry(mode, 0, digest_bytes(b""), b"a").line().encode())


def test_a_listing_that_is_too_long_is_refused() -> None:
    with pytest.raises(InvalidRecord, match="more than 512 lines"):
        parse_listing(render(files(513)))


def refused(digest: str, listings: Listings) -> None:
    with pytest.raises(InvalidRecord):
        list(entries(digest, listings.__getitem__))
