"""The bytes of a pack and its index, as the specification states them."""

import struct
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from blake3 import blake3

from gitprov.artifacts.hashing import digest_bytes
from gitprov.artifacts.store import Store
from support.stores import keep


def test_a_pack_and_its_index_are_as_specified(tmp_path: Path) -> None:
    contents = [b"", b"first", b"second object"]
    keep(Store(str(tmp_path)), *contents)
    hashes = [blake3(data).digest() for data in contents]
    offsets = dict(zip(hashes, [(0, 0), (0, 5), (5, 13)], strict=True))
    fan = [sum(raw[0] <= first for raw in hashes) for first in range(256)]
    rows = b"".join(raw + struct.pack(">II", *offsets[raw]) for raw in sorted(hashes))
    index = b"GPINDEX\x01" + struct.pack(">QQ256I", 3, 18, *fan) + rows
    name = blake3(index).hexdigest()

    assert (tmp_path / "packs" / f"{name}.idx").read_bytes() == index
    pack = b"firstsecond object" + index + struct.pack(">Q", len(index)) + b"GPPACK\x00\x01"
    assert (tmp_path / "packs" / f"{name}.pack").read_bytes() == pack


def test_a_pack_that_another_program_wrote_is_read(tmp_path: Path) -> None:
    raw = blake3(b"theirs").digest()
    fan = [int(raw[0] <= first) for first in range(256)]
    index = b"GPINDEX\x01" + struct.pack(">QQ256I", 1, 6, *fan) + raw + struct.pack(">II", 0, 6)
    name = blake3(index).hexdigest()
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / f"{name}.pack").write_bytes(
        b"theirs" + index + struct.pack(">Q", len(index)) + b"GPPACK\x00\x01"
    )
    (tmp_path / "packs" / f"{name}.idx").write_bytes(index)
    store = Store(str(tmp_path))
    assert store.read(f"b3:{raw.hex()}") == b"theirs"
    assert list(store.verify()) == []


def test_threads_read_and_keep_side_by_side(tmp_path: Path) -> None:
    store = Store(str(tmp_path))

    def work(number: int) -> bool:
        contents = [b"%d" % (number * 3 + step) * 30_000 for step in range(4)]
        digests = keep(store, *contents)
        return [store.read(digest) for digest in digests] == contents and not store.missing(digests)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(40)))
    assert list(store.verify()) == []
    assert store.has(digest_bytes(b"120" * 30_000))
