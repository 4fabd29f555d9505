import os
import socket
from pathlib import Path

import pytest

from gitprov.artifacts.hashing import FileDigest, digest_bytes
from gitprov.artifacts.listing import Described, Entry, Skipped, describe, parse_listing, render
from gitprov.artifacts.listing import described as describing
from gitprov.errors import InvalidRecord

A, B = digest_bytes(b"a"), digest_bytes(b"bb")


def describe_all(root: Path) -> Described:
    files = [
        os.path.relpath(os.path.join(directory, name), os.fsencode(root))
        for directory, folders, names in os.walk(os.fsencode(root))
        for name in (*names, *(folder for folder in folders if os.path.islink(os.path.join(directory, folder))))
    ]
    return describe(str(root), files)


def put(path: Path, data: bytes = b"a", mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    path.chmod(mode)


def test_a_listing_has_a_line_for_each_entry_sorted_by_name(tmp_path: Path) -> None:
    put(tmp_path / "b.csv", b"bb", 0o755)
    put(tmp_path / "a")
    put(tmp_path / "Z", mode=0o600)
    put(tmp_path / "dir/x")
    (tmp_path / "link").symlink_to("../away")
    inner = f"644 1 {A}\tx\n".encode()
    listing = (
        f"644 1 {A}\tZ\n644 1 {A}\ta\n755 2 {B}\tb.csv\n"
        f"dir 1 {digest_bytes(inner)}\tdir\nlink 7 {digest_bytes(b'../away')}\tlink\n"
    ).encode()
    assert describe_all(tmp_path) == Described(
        digest_bytes(listing), 12, 5, {digest_bytes(inner): inner, digest_bytes(listing): listing}
    )


def test_an_empty_directory_has_the_empty_listing(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert describe_all(tmp_path) == Described(digest_bytes(b""), 0, 0, {digest_bytes(b""): b""})


def test_the_order_in_which_files_are_named_does_not_matter(tmp_path: Path) -> None:
    for name in ("a", "b/c", "b/d/e"):
        put(tmp_path / name)
    files = ["a", "b/c", "b/d/e"]
    assert describe(str(tmp_path), files) == describe(str(tmp_path), [*reversed(files), "a"])


def test_one_changed_file_changes_one_listing_a_level(tmp_path: Path) -> None:
    for name in ("one/a/x", "one/b/x", "two/c/y", "two/c/z"):
        put(tmp_path / name, name.encode())
    before = describe_all(tmp_path).listings
    put(tmp_path / "one/a/x", b"changed")
    after = describe_all(tmp_path).listings
    assert len(after.keys() - before.keys()) == 3
    assert len(after.keys() & before.keys()) == 3


def test_equal_directories_share_a_listing(tmp_path: Path) -> None:
    put(tmp_path / "one/x")
    put(tmp_path / "two/x")
    assert len(describe_all(tmp_path).listings) == 2


NAMES = [
    b"plain.txt", b"with space", "größe.csv".encode(), b"caf\xe9", b"new\nline", b"tab\there", b'"quoted"',
    b"back\\slash", b"\x1b[31m", b"-dash", b"\xff\xfe", b".hidden", b"a:b", "b\u202eidi".encode(), b'mix"\n\xe9',
    b"...",
]  # fmt: skip


def test_any_name_survives_being_written_and_read(tmp_path: Path) -> None:
    for name in NAMES:
        with open(os.path.join(os.fsencode(tmp_path), name), "wb") as file:
            file.write(name)
    described = describe_all(tmp_path)
    assert described.skipped == ()
    entries = parse_listing(described.listings[described.digest])
    assert [entry.name for entry in entries] == sorted(NAMES)
    assert all(entry.digest == digest_bytes(entry.name) for entry in entries)
    assert described.listings[described.digest].count(b"\n") == len(NAMES)


def test_what_is_no_file_is_skipped_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "kept")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.chdir(tmp_path)  # a socket's path is short by law
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        described = describe(str(tmp_path), ["kept", "folder", "pipe", "socket", "gone", "kept/below"])
    assert described.files == 1
    assert described.skipped == (
        Skipped("folder", "is a directory"),
        Skipped("gone", "cannot be read: No such file or directory"),
        Skipped("kept/below", "cannot be read: Not a directory"),
        Skipped("pipe", "is a pipe"),
        Skipped("socket", "is a socket"),
    )
    assert str(described.skipped[3]) == "pipe is a pipe"


def test_a_file_that_cannot_be_read_is_said_with_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "shut")

    def refuse(path: bytes) -> FileDigest:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(describing, "digest_file", refuse)  # root may read everything
    assert describe(str(tmp_path), ["shut"]).skipped == (Skipped("shut", "cannot be read: Permission denied"),)


def test_a_file_that_changed_has_an_entry_and_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "busy")
    monkeypatch.setattr(describing, "digest_file", lambda _: FileDigest(A, 1, changed=True))
    described = describe(str(tmp_path), ["busy"])
    assert described.files == 1
    assert described.skipped == (Skipped("busy", "changed while it was read"),)


def test_links_are_never_followed(tmp_path: Path) -> None:
    put(tmp_path / "outside/secret")
    root = tmp_path / "root"
    root.mkdir()
    (root / "way").symlink_to("../outside")
    (root / "loop").symlink_to(".")
    described = describe(str(root), ["way", "loop", "way/secret", "loop/loop/way"])
    entries = parse_listing(described.listings[described.digest])
    assert [(entry.mode, entry.name, entry.size) for entry in entries] == [("link", b"loop", 1), ("link", b"way", 10)]
    assert described.skipped == (
        Skipped("loop/loop/way", "lies behind the symbolic link loop"),
        Skipped("way/secret", "lies behind the symbolic link way"),
    )


@pytest.mark.parametrize("path", ["../x", "a/../x", "/etc/passwd", ".git/config", "a/.GIT/x", "", "a//b", ".", "a/."])
def test_a_path_that_leads_elsewhere_is_skipped(tmp_path: Path, path: str) -> None:
    put(tmp_path / "x")
    described = describe(str(tmp_path), [path])
    assert described.files == 0
    assert [skipped.path for skipped in described.skipped] == [path]


GOOD = f"644 1 {A}\ta\n644 2 {B}\tb\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GOOD[:-1], "does not end with a newline"),
        (GOOD + "\n", "line 3 of the listing is not mode"),
        (GOOD + GOOD, "line 3 of the listing is out of order"),
        (f"644 1 {A}\ta\n644 2 {B}\ta\n", "names an entry again"),
        (f"600 1 {A}\ta\n", "is not mode"),
        (f"644 01 {A}\ta\n", "is not mode"),
        (f"644 -1 {A}\ta\n", "is not mode"),
        (f"644 \u0661 {A}\ta\n", "is not mode"),
        (f"644 1 {A.upper()}\ta\n", "is not mode"),
        (f"644 1 {A[:-1]}\ta\n", "is not mode"),
        (f"644 1 git:{'0' * 40}\ta\n", "is not mode"),
        (f"644  1 {A}\ta\n", "is not mode"),
        (f"644 1 {A} a\n", "is not mode"),
        (f"644 1 {A}\t\n", "is not mode"),
        (f"644 1 {A}\ta\r\n", "one quoted form"),
        (f"644 1 {A}\t\x1b[31m\n", "one quoted form"),
        (f'644 1 {A}\t"a"\n', "one quoted form"),
        (f'644 1 {A}\t"a\n', "not well-formed"),
        (f"644 1 {A}\ta\tb\n", "one quoted form"),
        (f"644 1 {A}\t..\n", "climbs out"),
        (f"644 1 {A}\t.\n", "'.' part"),
        (f"644 1 {A}\ta/b\n", "is not a plain name"),
        (f"644 1 {A}\t/etc\n", "is not a plain name"),
        (f'644 1 {A}\t"a\\000b"\n', "is not a plain name"),
        (f"644 1 {A}\t.git\n", "reaches into .git"),
        (f"dir 1 {A}\t.GiT\n", "reaches into .git"),
        (f"dir 1 {A}\tgit~1\n", "reaches into .git"),
        (f"dir 1 {A}\t.g\u200cit\n", "reaches into .git"),
        (f"644 1 {A}\ta\\..\\b\n", "climbs out"),
    ],
)  # fmt: skip
def test_a_listing_with_anything_amiss_is_refused_whole(text: str, words: str) -> None:
    with pytest.raises(InvalidRecord) as error:
        parse_listing(text.encode())
    assert words in error.value.message


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(InvalidRecord, match="not well-formed"):
        parse_listing(f"644 1 {A}\t".encode() + b"\xff\n")


def test_a_listing_is_read_as_it_was_written() -> None:
    entries = [Entry("644", 1, A, b"a"), Entry("dir", 2, B, b"b")]
    assert parse_listing(render(reversed(entries))) == entries
    assert parse_listing(b"") == []
