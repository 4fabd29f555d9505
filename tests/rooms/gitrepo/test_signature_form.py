"""One spelling of a signature: what git and the programs behind it take for the same is told apart."""

import base64

import pytest

from gitprov.gitrepo.signatures import OPENPGP, SSH, X509, Form, form

DATA = bytes(range(100))
CRC24 = b"ojIo"  # of DATA, as gpg writes it


def wrapped(data: bytes, width: int) -> list[bytes]:
    spelled = base64.b64encode(data)
    return [spelled[start : start + width] for start in range(0, len(spelled), width)]


SSH_LINES = [b"-----BEGIN SSH SIGNATURE-----", *wrapped(DATA, 70), b"-----END SSH SIGNATURE-----"]
PGP_LINES = [b"-----BEGIN PGP SIGNATURE-----", b"", *wrapped(DATA, 64), b"=" + CRC24, b"-----END PGP SIGNATURE-----"]
CMS_LINES = [b"-----BEGIN SIGNED MESSAGE-----", *wrapped(DATA, 64), b"-----END SIGNED MESSAGE-----"]


def commit(lines: list[bytes], header: bytes = b"gpgsig", more: bytes = b"") -> bytes:
    head = [b"tree " + b"0" * 40, b"author A <a> 0 +0000", b"committer A <a> 0 +0000"]
    signature = header + b" " + b"\n ".join(lines)
    return b"\n".join([*head, signature]) + b"\n" + more + b"\nsubject\n"


@pytest.mark.parametrize(
    ("lines", "name"), [(SSH_LINES, SSH), (PGP_LINES, OPENPGP), (CMS_LINES, X509)], ids=[SSH, OPENPGP, X509]
)
def test_what_signing_programs_write_is_sound(lines: list[bytes], name: str) -> None:
    assert form(commit(lines), "sha1") == Form(name, signed=True, is_sound=True)
    assert form(commit([*lines, b""]), "sha1").is_sound


def test_a_commit_without_a_signature_is_not_signed() -> None:
    bare = b"tree 0\nauthor A <a> 0 +0000\ncommitter A <a> 0 +0000\n\ngpgsig -----BEGIN SSH SIGNATURE-----\n"
    assert not form(bare, "sha1").signed


@pytest.mark.parametrize("lines", [SSH_LINES, PGP_LINES, CMS_LINES], ids=[SSH, OPENPGP, X509])
def test_no_other_spelling_of_the_same_signature_is_sound(lines: list[bytes]) -> None:
    whole = b"\n ".join(lines)
    end = whole.rindex(b"-----END") - 2
    for place in range(len(whole)):
        for other in b" \t\r\n*=-A":
            changed = whole[:place] + bytes([other]) + whole[place + 1 :]
            found = form(commit(changed.split(b"\n ")), "sha1")
            if changed != whole and found.is_sound:
                # a letter among the letters: that is another signature, of which git is the judge
                assert place < end
                assert other == ord("A")


def test_an_openpgp_signature_is_held_to_its_checksum() -> None:
    assert not form(commit([line.replace(CRC24, b"AAAA") for line in PGP_LINES]), "sha1").is_sound
    assert form(commit([line for line in PGP_LINES if CRC24 not in line]), "sha1").is_sound


def test_an_openpgp_signature_may_name_the_program_that_made_it() -> None:
    named = [PGP_LINES[0], b"Version: GnuPG v2", b"Comment: https://example.org", *PGP_LINES[1:]]
    assert form(commit(named), "sha1").is_sound


def test_bits_that_fill_up_the_last_letter_are_none_of_a_signature() -> None:
    last = wrapped(DATA, 70)[-1]
    assert last.endswith(b"==")
    letter = last[-3:-2]
    other = bytes([letter[0] + 1]) + b"=="
    changed = [line.replace(letter + b"==", other) for line in SSH_LINES]
    assert base64.b64decode(b"".join(changed[1:-1])) == DATA
    assert not form(commit(changed), "sha1").is_sound


def test_the_header_is_the_one_of_the_repositorys_own_format_and_stands_once() -> None:
    assert form(commit(SSH_LINES, b"gpgsig-sha256"), "sha256").is_sound
    assert not form(commit(SSH_LINES, b"gpgsig-sha256"), "sha1").is_sound
    assert form(commit(SSH_LINES, b"gpgsig-sha256"), "sha1").signed
    assert not form(commit(SSH_LINES, more=b"gpgsig-sha256 anything\n"), "sha1").is_sound
