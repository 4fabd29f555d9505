from gitprov.artifacts.hashing import digest_bytes
from gitprov.artifacts.listing import Difference, Entry, cut, differences

Tree = dict[str, "bytes | Tree"]
LISTINGS: dict[str, bytes] = {}


def entry(name: str, content: "bytes | Tree") -> Entry:
    if isinstance(content, bytes):
        return Entry("644", len(content), digest_bytes(content), name.encode())
    below = sorted((entry(inner, one) for inner, one in content.items()), key=lambda one: one.name)
    digest = ""
    for digest, data in cut(below):
        LISTINGS[digest] = data
    return Entry("dir", sum(one.size for one in below), digest, name.encode())


def between(old: Tree, new: Tree) -> list[Difference]:
    return list(differences(entry("", old).digest, entry("", new).digest, LISTINGS.__getitem__))


def words(found: list[Difference]) -> list[str]:
    return [f"{'-' if not one.new else '+' if not one.old else '~'}{one.path.decode()}" for one in found]


def test_equal_directories_differ_in_nothing() -> None:
    assert between({"a": b"1"}, {"a": b"1"}) == []


def test_what_came_went_and_changed_is_told_with_both_entries() -> None:
    found = between(
        {"a": b"1", "b": b"1", "d": {"x": b"1", "y": b""}}, {"b": b"2", "c": b"1", "d": {"x": b"3", "y": b""}}
    )
    assert words(found) == ["-a", "~b", "+c", "~d/x"]
    assert found[1] == Difference(b"b", entry("b", b"1"), entry("b", b"2"))


def test_the_same_bytes_with_another_mode_are_a_difference() -> None:
    one = Entry("644", 1, digest_bytes(b"1"), b"a")
    old, new = (list(cut([version]))[-1] for version in (one, one._replace(mode="755")))
    assert len(list(differences(old[0], new[0], dict([old, new]).__getitem__))) == 1


def test_a_directory_that_became_a_file_is_all_that_was_in_it_and_the_file() -> None:
    found = between({"a": {"x": b"1", "y": {"z": b"2"}}}, {"a": b"1"})
    assert words(found) == ["-a/x", "-a/y/z", "+a"]
    assert words(between({"a": b"1"}, {"a": {"x": b"1"}})) == ["+a/x", "-a"]


def test_one_change_in_a_large_directory_reads_only_what_differs() -> None:
    large: Tree = {f"file-{number:06d}": b"1" for number in range(50_000)}
    old, new = entry("", {"d": large}), entry("", {"d": {**large, "file-030000": b"2"}})
    asked: list[str] = []

    def read(digest: str) -> bytes:
        asked.append(digest)
        return LISTINGS[digest]

    assert words(list(differences(old.digest, new.digest, read))) == ["~d/file-030000"]
    assert len(asked) == 2 * 5  # two directories, and two levels of parts above the entries


def test_a_directory_that_grew_into_parts_is_compared_entry_by_entry() -> None:
    small: Tree = {f"file-{number:06d}": b"1" for number in range(500)}
    more: Tree = {f"new-{number:06d}": b"1" for number in range(40_000)}
    found = between(small, {**small, **more})
    assert len(found) == 40_000
    assert all(one.old is None for one in found)
    assert len(between({**small, **more}, small)) == 40_000
