import os
from pathlib import Path

import pytest

from gitprov.artifacts.checkout import plan, plan_all
from gitprov.artifacts.hashing import digest_bytes
from gitprov.artifacts.listing import Entry
from gitprov.artifacts.store import Store
from gitprov.errors import NotFound, ProvError
from support.stores import Listed, Tree, files_below

A = digest_bytes(b"a")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(str(tmp_path / "store"))


def refuse(digest: str, listings: dict[str, bytes], target: Path) -> str:
    """Return why the whole is refused; nothing is written."""
    before = files_below(target)
    with pytest.raises(ProvError) as raised:
        plan(digest, listings.__getitem__, str(target))
    assert files_below(target) == before
    return raised.value.message


def of_lines(*lines: str) -> tuple[str, dict[str, bytes]]:
    """Return a listing that a hostile program wrote, inside a directory that holds something harmless as well."""
    inner = "".join(f"{line}\n" for line in lines).encode()
    size = sum(int(line.split()[1]) for line in lines)
    outer = f"644 1 {A}\ta.csv\ndir {size} {digest_bytes(inner)}\tsub\n".encode()
    return digest_bytes(outer), {digest_bytes(outer): outer, digest_bytes(inner): inner}


@pytest.mark.parametrize(
    "name",
    [
        "..",
        "../../.bashrc",
        "/etc/passwd",
        "a/../../b",
        ".git",
        ".git/config",
        ".GIT",
        "git~1",
        ".git ",
        ".git.",
        ".git::$INDEX_ALLOCATION",
        ".g\u200cit",
        "..\\x",
        ".",
        "CON",
        "con.txt",
        "Nul",
        "COM1",
        "lpt9.log",
        "aux .csv",
        "COM\u00b9",
        "CONIN$",
        "name.",
        "name ",
        ".git-prov-0123456789abcdef.part",
    ],
)
def test_a_name_that_is_no_plain_one_refuses_the_whole(tmp_path: Path, name: str) -> None:
    target = tmp_path / "target"
    target.mkdir()
    message = refuse(*of_lines(f"644 1 {A}\t{name}"), target)
    assert "nothing was written" in message
    assert name.strip(".")[:6].strip() in message or "sub" in message


@pytest.mark.parametrize("name", ["name.", "AUX", "com7.csv"])
def test_names_that_only_windows_lacks_can_be_had_when_asked_for(tmp_path: Path, name: str) -> None:
    digest, listings = of_lines(f"644 1 {A}\t{name}")
    assert plan(digest, listings.__getitem__, str(tmp_path / "target"), portable=False).files == 2


@pytest.mark.parametrize("name", ["console", "nullable.csv", "COM", "com10", "a:b", "we\u0301", "a\\b", "x\ty"])
def test_harmless_names_are_not_refused(store: Store, tmp_path: Path, name: str) -> None:
    listed = Listed(store, {name: b"a"})
    plan(listed.digest, listed.read, str(tmp_path / "target")).carry_out(listed.fetch)
    assert (tmp_path / "target" / name).read_bytes() == b"a"


def test_the_same_name_twice_refuses_the_whole(tmp_path: Path) -> None:
    assert "names an entry again" in refuse(*of_lines(f"644 1 {A}\tx", f"644 1 {A}\tx"), tmp_path / "target")
    assert not (tmp_path / "target").exists()


@pytest.mark.parametrize(("one", "other"), [("README", "readme"), ("caf\u00e9", "cafe\u0301"), ("\u212a", "k")])
def test_names_that_the_file_system_folds_into_one_are_refused(
    store: Store, tmp_path: Path, one: str, other: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = Listed(store, {"deep": {one: b"a", other: b"b"}})
    (tmp_path / "folds").mkdir()
    (tmp_path / "folds" / one).touch()
    does_fold = (tmp_path / "folds" / other).exists()
    monkeypatch.setattr(os.path, "lexists", lambda _: True)
    message = refuse(listed.digest, listed.listings, tmp_path / "target")
    assert "once more on this file system" in message
    assert "deep/" in message
    monkeypatch.undo()
    if not does_fold:
        plan(listed.digest, listed.read, str(tmp_path / "target")).carry_out(listed.fetch)
        assert {path.read_bytes() for path in (tmp_path / "target/deep").iterdir()} == {b"a", b"b"}
    assert [name for name in os.listdir(tmp_path) if name.startswith(".git-prov")] == []


@pytest.mark.parametrize(
    "text",
    [
        "/etc/passwd",
        "../../../out",
        "../..",
        "a/../../../out",
        "loop/../../x",
        "b.csv/../../../x",
        "../.git/config",
        "CON",
    ],
)
def test_a_link_that_leads_out_refuses_the_whole(store: Store, tmp_path: Path, text: str) -> None:
    listed = Listed(store, {"sub": {"link": text, "loop": "../sub", "b.csv": b"b"}, "a.csv": b"a"})
    assert "sub/link" in refuse(listed.digest, listed.listings, tmp_path / "target")
    assert not (tmp_path / "target").exists()


@pytest.mark.parametrize(
    "text", ["b.csv", "../a.csv", "./b.csv", "nowhere", "in/../b.csv", "../sub/in/c", "..", "in/.."]
)
def test_a_link_that_stays_inside_is_written_as_it_is(store: Store, tmp_path: Path, text: str) -> None:
    listed = Listed(store, {"sub": {"link": text, "b.csv": b"b", "in": {"c": b"c"}}, "a.csv": b"a"})
    plan(listed.digest, listed.read, str(tmp_path / "target")).carry_out(listed.fetch)
    assert os.readlink(tmp_path / "target/sub/link") == text


def test_a_link_in_the_listing_is_no_directory_for_what_follows(tmp_path: Path) -> None:
    text = digest_bytes(b"sub")
    message = refuse(*of_lines(f"644 1 {A}\tx", f"link 3 {text}\tx"), tmp_path / "target")
    assert "names an entry again" in message


def test_a_link_on_the_disk_is_not_gone_through(store: Store, tmp_path: Path) -> None:
    target, elsewhere = tmp_path / "target", tmp_path / "elsewhere"
    target.mkdir()
    elsewhere.mkdir()
    (target / "sub").symlink_to(elsewhere)
    listed = Listed(store, {"a.csv": b"a", "sub": {"b": b"b"}})
    for force in (False, True):
        with pytest.raises(ProvError, match=r"^sub is to be a directory"):
            plan(listed.digest, listed.read, str(target), force=force)
    assert os.listdir(target) == ["sub"]
    assert os.listdir(elsewhere) == []


def test_the_way_to_the_target_is_judged_as_well(store: Store, tmp_path: Path) -> None:
    listed = Listed(store, {"a": b"a"})
    (tmp_path / "root").mkdir()
    (tmp_path / "root/link").symlink_to(tmp_path)
    for target in ("../out", "/etc/out", ".git/out", "CON/out", "link/out", "a//b", "."):
        with pytest.raises(ProvError):
            plan(listed.digest, listed.read, target, root=str(tmp_path / "root"))
    assert os.listdir(tmp_path / "root") == ["link"]
    plan(listed.digest, listed.read, "data/in", root=str(tmp_path / "root")).carry_out(listed.fetch)
    assert files_below(tmp_path / "root/data") == ["in/a"]


def test_several_are_written_all_or_none(store: Store, tmp_path: Path) -> None:
    listed = Listed(store, {"a": b"a"})
    whole, file = Entry("dir", 1, listed.digest, b""), Entry("644", 1, A, b"")
    for paths in (["x", "x"], ["x", "x/a"], ["", "y"], ["x", "../y"]):
        with pytest.raises(ProvError, match="nothing was written"):
            plan_all([(paths[0], whole), (paths[1], file)], listed.read, str(tmp_path / "root"))
    assert not (tmp_path / "root").exists()
    done = plan_all([("x", whole), ("y.csv", file)], listed.read, str(tmp_path / "root")).carry_out(listed.fetch)
    assert (done.written, done.left, done.size) == (2, 0, 2)
    assert files_below(tmp_path / "root") == ["x/a", "y.csv"]


@pytest.mark.parametrize("size", [0, 2, 10**18])
def test_sizes_that_do_not_add_up_are_refused(tmp_path: Path, size: int) -> None:
    inner = f"644 1 {A}\tx\n".encode()
    outer = f"dir {size} {digest_bytes(inner)}\tsub\n".encode()
    message = refuse(digest_bytes(outer), {digest_bytes(data): data for data in (inner, outer)}, tmp_path / "target")
    assert message.startswith(f"sub says {size} bytes and holds 1")


def test_a_small_listing_that_stands_for_endlessly_many_files_is_refused(tmp_path: Path) -> None:
    data = f"644 0 {digest_bytes(b'')}\tx\n".encode()
    listings = {digest_bytes(data): data}
    for _ in range(12):
        digest = digest_bytes(data)
        data = "".join(f"dir 0 {digest}\t{name:03}\n" for name in range(100)).encode()
        listings[digest_bytes(data)] = data
    assert "more than is ever written" in refuse(digest_bytes(data), listings, tmp_path / "target")


def test_a_path_that_no_system_has_is_refused(tmp_path: Path) -> None:
    data = f"644 0 {digest_bytes(b'')}\tx\n".encode()
    listings = {digest_bytes(data): data}
    for _ in range(3000):
        data = f"dir 0 {digest_bytes(data)}\td\n".encode()
        listings[digest_bytes(data)] = data
    assert "longer than any system has it" in refuse(digest_bytes(data), listings, tmp_path / "target")


@pytest.mark.parametrize("which", ["top", "sub", "link"])
def test_a_flipped_bit_in_a_listing_is_found_and_named(store: Store, tmp_path: Path, which: str) -> None:
    listed = Listed(store, {"sub": {"b": b"b"}, "link": "sub"})
    (sub,) = (digest for digest, data in listed.listings.items() if b"\tb\n" in data)
    digest = {"top": listed.digest, "sub": sub, "link": digest_bytes(b"sub")}[which]
    data = bytearray(listed.listings[digest])
    data[1] ^= 1
    listed.listings[digest] = bytes(data)
    assert digest in refuse(listed.digest, listed.listings, tmp_path / "target")


def test_a_listing_that_is_nowhere_is_not_found(tmp_path: Path) -> None:
    def read(digest: str) -> bytes:
        raise NotFound(f"{digest} is nowhere")

    with pytest.raises(NotFound):
        plan(A, read, str(tmp_path / "target"))


OTHER: Tree = {"a": b"a", "b": b"b", "sub": {"c": b"c"}}


def test_what_is_there_with_other_bytes_stays(store: Store, tmp_path: Path) -> None:
    listed = Listed(store, OTHER)
    target = tmp_path / "target"
    (target / "sub").mkdir(parents=True)
    (target / "a").write_bytes(b"mine")
    (target / "sub/c").symlink_to("../a")
    (target / "b").write_bytes(b"b")
    message = refuse(listed.digest, listed.listings, target)
    assert message.startswith("a, sub/c would be overwritten")
    assert (target / "a").read_bytes() == b"mine"


def test_of_many_in_the_way_the_first_are_named_and_the_rest_counted(store: Store, tmp_path: Path) -> None:
    listed = Listed(store, {f"{number:02}": b"new" for number in range(12)})
    target = tmp_path / "target"
    target.mkdir()
    for number in range(12):
        (target / f"{number:02}").write_bytes(b"old")
    assert refuse(listed.digest, listed.listings, target).startswith("00, 01, 02, 03, 04 and 7 more would be")


@pytest.mark.parametrize("force", [False, True])
def test_a_directory_in_the_place_of_a_file_is_never_touched(store: Store, tmp_path: Path, force: bool) -> None:
    listed = Listed(store, OTHER)
    (tmp_path / "target/a/inside").mkdir(parents=True)
    with pytest.raises(ProvError, match=r"^a is to be a file, and a directory"):
        plan(listed.digest, listed.read, str(tmp_path / "target"), force=force)


@pytest.mark.parametrize("force", [False, True])
def test_a_file_in_the_place_of_a_directory_is_never_touched(store: Store, tmp_path: Path, force: bool) -> None:
    listed = Listed(store, OTHER)
    (tmp_path / "target").mkdir()
    (tmp_path / "target/sub").write_bytes(b"mine")
    with pytest.raises(ProvError, match=r"^sub is to be a directory"):
        plan(listed.digest, listed.read, str(tmp_path / "target"), force=force)
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ProvError, match="is no directory"):
        plan(listed.digest, listed.read, str(tmp_path / "file"), force=force)


def test_a_size_that_is_a_lie_names_the_directory_and_leaves_nothing(store: Store, tmp_path: Path) -> None:
    listed = Listed(store, {"sub": {"deep": {"b": b"bb"}}})
    with pytest.raises(ProvError, match=r"sub/deep/b came with 3 bytes and not 2"):
        plan(listed.digest, listed.read, str(tmp_path / "to/target")).carry_out(lambda _, file: os.write(file, b"abc"))
    assert not (tmp_path / "to").exists()
    digest, listings = of_lines(f"dir 7 {listed.digest}\tinner")
    listings[digest_bytes(b"")] = b""
    with pytest.raises(ProvError, match=r"sub/inner says 7 bytes and holds 2"):
        plan(digest, lambda one: listings.get(one) or listed.read(one), str(tmp_path / "to"))


def test_a_name_that_only_windows_lacks_is_kept_where_it_stands(store: Store, tmp_path: Path) -> None:
    listed = Listed(store, {"aux.c": b"1", "b": b"2"})
    (tmp_path / "aux.c").write_bytes(b"1")
    plan(listed.digest, listed.read, str(tmp_path)).carry_out(listed.fetch)
    assert (tmp_path / "b").read_bytes() == b"2"
    (tmp_path / "aux.c").write_bytes(b"3")
    assert "device on Windows" in refuse(listed.digest, listed.listings, tmp_path)


def test_links_that_lead_out_are_left_out_of_a_part_and_hostile_names_refuse_it(store: Store, tmp_path: Path) -> None:
    entries = Listed(store, {"sub": {"out": "../../x", "in": "b", "b": b"b"}})
    made = plan_all([("data", Entry("dir", -1, entries.digest, b""))], entries.read, str(tmp_path), partial=True)
    assert dict(made.left_out) == {b"data/sub/out": "is a link out of the directory"}
    made.carry_out(entries.fetch)
    assert sorted(os.listdir(tmp_path / "data/sub")) == ["b", "in"]
    digest, listings = of_lines(f"644 1 {A}\t../x")
    with pytest.raises(ProvError, match="nothing was written"):
        plan_all(
            [("y", Entry("dir", -1, digest, b""))], listings.__getitem__, str(tmp_path), portable=False, partial=True
        )
