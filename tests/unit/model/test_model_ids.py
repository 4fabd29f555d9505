"""Ids, object ids and digests: what counts as one."""

import pytest

from gitprov.model.ids import is_digest, is_id, is_oid, new_id


def test_an_id_is_the_hex_of_its_random_bytes() -> None:
    assert new_id(bytes(range(16))) == "000102030405060708090a0b0c0d0e0f"


@pytest.mark.parametrize("length", [0, 15, 17])
def test_an_id_is_not_made_of_any_other_number_of_bytes(length: int) -> None:
    with pytest.raises(ValueError, match="16 random bytes"):
        new_id(bytes(length))


@pytest.mark.parametrize("text", ["", "0" * 31, "0" * 33, "A" * 32, "g" * 32, "0" * 32 + "\n", "\u0660" * 32], ids=repr)
def test_what_is_not_32_lower_case_hex_digits_is_no_id(text: str) -> None:
    assert is_id("0123456789abcdef" * 2)
    assert not is_id(text)


def test_object_ids_are_sha1_or_sha256() -> None:
    assert is_oid("a" * 40)
    assert is_oid("a" * 64)
    assert not is_oid("a" * 41)
    assert not is_oid("A" * 40)
    assert not is_oid("HEAD")


def test_digests_name_their_algorithm() -> None:
    assert is_digest("b3:" + "0" * 64)
    assert is_digest("git:" + "0" * 40)
    assert is_digest("git:" + "0" * 64)
    assert not is_digest("0" * 64)
    assert not is_digest("b3:" + "0" * 40)
    assert not is_digest("sha256:" + "0" * 64)
