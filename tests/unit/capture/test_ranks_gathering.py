"""The files of many ranks as one list, folded as one process's own would be."""

from collections.abc import Mapping
from typing import Any

from gitprov.artifacts.hashing import digest_bytes
from gitprov.artifacts.listing import Entry, cut, parse_listing
from gitprov.capture.ranks.gathering import Gathered, gathered

Files = list[dict[str, Any]]


def file(path: str, content: bytes = b"x", **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"path": path, "digest": digest_bytes(content), "size": len(content), "files": 1, **more}


def folder(path: str, data: dict[str, bytes], **files: bytes) -> dict[str, Any]:
    """A directory that a rank has folded; its listing goes to `data`."""
    entries = [Entry("644", len(content), digest_bytes(content), name.encode()) for name, content in files.items()]
    digest = ""
    for digest, listing in cut(sorted(entries, key=lambda entry: entry.name)):
        data[digest] = listing
    size = sum(entry.size for entry in entries)
    return {"path": path, "digest": digest, "size": size, "files": len(entries)}


def gather(*lists: Files, data: Mapping[str, bytes] | None = None) -> Gathered:
    return gathered(lists, data or {}, lambda _: "644")


def test_few_files_stay_as_they_are() -> None:
    assert gather([file("b")], [file("a"), file("b")]).entries == [file("a"), file("b")]


def test_of_two_for_the_same_file_the_later_holds() -> None:
    assert gather([file("a", b"1")], [file("a", b"2")]).entries == [file("a", b"2")]


def test_too_many_files_of_all_ranks_stand_as_their_directory() -> None:
    found = gather(*([file(f"out/part-{rank}", b"%d" % rank, how="traced")] for rank in range(20)))

    (entry,) = found.entries
    assert (entry["path"], entry["files"], entry["size"], entry["how"]) == ("out", 20, 30, "traced")
    assert len(parse_listing(found.data[entry["digest"]])) == 20


def test_a_folded_directory_is_the_one_that_a_single_process_would_have_folded() -> None:
    data: dict[str, bytes] = {}
    whole = folder("out", data, **{f"f{number:02}": b"%d" % number for number in range(20)})
    (entry,) = gather(*([file(f"out/f{number:02}", b"%d" % number)] for number in range(20))).entries

    assert entry == whole


def test_directories_of_the_same_name_become_one() -> None:
    data: dict[str, bytes] = {}
    one, two = folder("out", data, a=b"1", b=b"1"), folder("out", data, b=b"22", c=b"3")
    both = folder("out", {}, a=b"1", b=b"22", c=b"3")

    assert gather([one], [two], data=data).entries == [both]


def test_directories_that_are_listed_in_parts_become_one() -> None:
    data: dict[str, bytes] = {}
    files = {f"f{number:04}": b"%d" % number for number in range(1200)}
    one = folder("out", data, **dict(list(files.items())[:700]))
    two = folder("out", data, **dict(list(files.items())[600:]))

    assert gather([one], [two], data=data).entries == [folder("out", {}, **files)]


def test_what_lies_in_another_rank_s_directory_goes_into_it() -> None:
    data: dict[str, bytes] = {}
    one = folder("out", data, a=b"1", b=b"2")

    assert gather([one], [file("out/c", b"3")], data=data).entries == [folder("out", {}, a=b"1", b=b"2", c=b"3")]


def test_a_directory_that_cannot_be_looked_into_is_named() -> None:
    data: dict[str, bytes] = {}
    one, two = folder("out", {}, a=b"1", b=b"1"), folder("out", data, b=b"2", c=b"3")
    found = gather([one], [two], data=data)

    assert (found.entries, found.incomplete) == ([two], ["out"])


def test_tracked_files_stand_alone_however_many() -> None:
    tracked = [{"path": f"src/{number:02}.csv", "digest": "git:" + "0" * 40, "files": 1} for number in range(20)]

    assert gather(tracked).entries == tracked


def test_files_outside_the_repository_fold_on_their_own() -> None:
    far = [file(f"/data/{number:02}", absolute=True) for number in range(20)]
    found = gather([*far, file("data/00")]).entries

    assert [(entry["path"], entry.get("absolute"), entry["files"]) for entry in found] == [
        ("data/00", None, 1),
        ("/data", True, 20),
    ]


def test_deep_files_make_a_tree_of_listings() -> None:
    found = gather([file(f"out/{number:02}/x") for number in range(20)])

    (entry,) = found.entries
    names = [one.name for one in parse_listing(found.data[entry["digest"]])]
    assert names == [f"{number:02}".encode() for number in range(20)]
    assert entry["files"] == 20
