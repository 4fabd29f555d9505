import pytest

from gitprov.artifacts.elsewhere.location import Location
from gitprov.artifacts.elsewhere.texts import lfs_pointer, linked, object_paths, parse_key, pointed

OID = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393"
POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{OID}\nsize 12345\n".encode()
# Keys and the directories that git-annex 10.20230126 put their bytes into.
ANNEXED = {
    "SHA256E-s6--5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03.csv": "Q2/j2",
    "MD5E-s2--69b64623f86def16ce17d454b8be41ae.txt": "F2/kp",
    "BLAKE2B256E-s3--b3e49ef46a3da6bc0fd2f5f652111dbe9daae92ed844fab68581538a0e351790.txt": "x5/Kv",
    "WORM-s2-m1795273222--w.txt": "Gg/Zk",
    "URL--http://127.0.0.1:18765/f.csv": "Qw/5g",
    "URL-s3--http://127.0.0.1:18765/f.csv,63a,611,38b,61%20": "Mk/GQ",
}
URL_LINK = b"../.git/annex/objects/Mk/GQ/" + b"/".join(
    [b"URL-s3--http&c%%127.0.0.1&c18765%f.csv,63a,611,38b,61&s20"] * 2
)


def test_a_pointer_of_git_lfs_names_the_object_and_its_size() -> None:
    assert pointed(POINTER) == Location("lfs", oid=OID, size=12345)
    assert lfs_pointer(OID, 12345) == POINTER


@pytest.mark.parametrize(
    "data",
    [
        b"",
        POINTER[:-1],
        POINTER + b"\n",
        POINTER.replace(b"\n", b"\r\n"),
        POINTER.replace(b"size 12345", b"size 012345"),
        POINTER.replace(b"size 12345", b"size -1"),
        POINTER.replace(b"sha256:4d", b"sha256:4D"),
        POINTER.replace(b"oid sha256:", b"oid md5:"),
        # the object of an extension is not the file's bytes
        POINTER.replace(b"oid ", b"ext-0-gzip sha256:" + OID.encode() + b"\noid "),
        b"version https://git-lfs.github.com/spec/v1\n" + b"x" * 2000,
    ],
)
def test_what_is_nearly_a_pointer_of_git_lfs_is_none(data: bytes) -> None:
    assert pointed(data) is None


@pytest.mark.parametrize(("key", "directory"), ANNEXED.items())
def test_a_key_stands_where_git_annex_keeps_it(key: str, directory: str) -> None:
    assert object_paths(key)[0].startswith(f"{directory}/")
    name = object_paths(key)[0].rpartition("/")[2]
    link = f"../../.git/annex/objects/{directory}/{name}/{name}".encode()
    assert linked(link) == Location("annex", key=key, size=_size(key))
    assert pointed(f"/annex/objects/{name}\n".encode()) == linked(link)


def _size(key: str) -> int | None:
    parts = parse_key(key)
    assert parts
    return parts.size


def test_a_bare_repository_has_other_directories() -> None:
    key = "MD5E-s2--69b64623f86def16ce17d454b8be41ae.txt"
    assert object_paths(key)[1] == f"e23/739/{key}/{key}"


def test_what_a_url_holds_is_escaped_in_names_of_files() -> None:
    key = "URL-s3--http://127.0.0.1:18765/f.csv,63a,611,38b,61%20"
    assert linked(URL_LINK) == Location("annex", key=key, size=3)
    assert object_paths(key)[0] == URL_LINK.decode().removeprefix("../.git/annex/objects/")


@pytest.mark.parametrize(
    "target",
    [
        b"elsewhere",
        b".git/annex/objects/a/b/SHA256-s1--00/other",
        b".git/annex/objects/a/b/--force/--force",
        b".git/annex/objects/a/b/sha256--00/sha256--00",
        b".git/annex/objects/a/b/SHA256--a\x1b[0m/SHA256--a\x1b[0m",
        b".git/annex/objects/a/b/SHA256--\xff/SHA256--\xff",
        b".git/annex/objects/a/b/SHA256-s10-S5-C1--00/SHA256-s10-S5-C1--00",  # a chunk, not the whole
        b"objects/a/b/SHA256-s1--00/SHA256-s1--00",
    ],
)
def test_a_link_that_leads_to_no_key_is_no_place(target: bytes) -> None:
    assert linked(target) is None


def test_a_size_that_nothing_can_have_is_not_believed() -> None:
    assert _size(f"SHA256-s{10**18 * 9}--00") == 10**18 * 9
    assert _size("SHA256-s9999999999999999999--00") is None


def test_a_place_is_the_same_after_it_was_stated() -> None:
    place = Location("url", url="https://example.org/a", etag='"1"', size=0)
    assert place.fields() == {"kind": "url", "url": "https://example.org/a", "etag": '"1"', "size": 0}
    assert Location.of({**place.fields(), "at": "2026-01-01T00:00:00Z"}) == place
    assert Location.of({"kind": "lfs", "oid": 5, "size": None}) == Location("lfs")
