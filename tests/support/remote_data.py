"""Files of many sizes in a store, for remotes to carry."""

from random import Random

from blake3 import blake3

from gitprov.artifacts.remotes import Item
from gitprov.artifacts.store import Store

MIB = 1 << 20


def filled(store: Store, *, small: int = 40, large: tuple[int, ...] = (3 * MIB,), seed: int = 1) -> list[Item]:
    """Put made-up files into a store, an empty one among them, and return them; small ones first."""
    random = Random(seed)
    contents = [random.randbytes(random.randrange(1, 60_000)) for _ in range(small - 1)]
    contents += [b"", *(random.randbytes(size) for size in large)]
    items = []
    with store.keeper() as keeper:
        for data in contents:
            digest = f"b3:{blake3(data).hexdigest()}"
            keeper.keep_bytes(digest, data)
            items.append(Item(digest, len(data)))
    return items


def flipped(data: bytes, where: int) -> bytes:
    """Return the bytes with one bit flipped."""
    return data[:where] + bytes([data[where] ^ 1]) + data[where + 1 :]


def unheard(_: int) -> None:
    """Hear of progress, and say nothing."""
