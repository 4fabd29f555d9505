from gitprov.api.data.gathered import Digests, Gathered
from gitprov.artifacts.hashing import digest_bytes
from gitprov.artifacts.remotes import Item

DIGESTS = sorted(digest_bytes(b"%d" % number) for number in range(2_000))


def test_each_file_is_given_once_lowest_digest_first() -> None:
    gathered = Gathered()
    for digest in [*reversed(DIGESTS), *DIGESTS]:
        gathered.add(digest, len(digest))
    gathered.add(DIGESTS[7], 2**63)

    wanted = [Item(digest, 2**63 if digest == DIGESTS[7] else 67) for digest in DIGESTS]
    assert list(gathered.items()) == wanted
    assert [item for window in gathered.windows() for item in window] == wanted


def test_what_is_in_a_set_of_digests_is_found_and_nothing_else() -> None:
    some = Digests(DIGESTS[::2])

    assert len(some) == 1_000
    assert [digest in some for digest in DIGESTS] == [True, False] * 1_000
    assert DIGESTS[0] not in Digests(())
