"""Whose word a signature is."""

import pytest

from gitprov.model.results import Problem
from gitprov.model.vouching import BAD, GOOD, OTHER_SIGNER, UNSIGNED, Checked, State, Verification, judged, words


@pytest.mark.parametrize(
    ("people", "person", "expected"),
    [
        (("ana@example.org",), "Ana Lima <ana@example.org>", True),
        (("ana@example.org",), "Ana Lima <ANA@example.org>", True),
        (("ana@example.org",), "ana@example.org", True),
        (("ana@example.org",), "Ana <ana@example.org> <bo@example.org>", False),
        (("bo@example.org", "ana@example.org"), "Ana <ana@example.org>", True),
        (("*@example.org",), "Ana <ana@example.org>", True),
        (("*@example.org",), "Ana <ana@example.org.evil>", False),
        (("*@example.org", "!ana@example.org"), "Ana <ana@example.org>", False),
        (("a?a@example.org",), "Ana <ana@example.org>", True),
        (("a[n]a@example.org",), "Ana <ana@example.org>", False),
        ((), "Ana <ana@example.org>", False),
    ],
)
def test_a_signature_is_of_those_its_key_stands_for(people: tuple[str, ...], person: str, expected: bool) -> None:
    assert State(GOOD, people=people).is_by(person) is expected


def test_a_signature_that_is_not_good_is_nobodys_word() -> None:
    assert not State(BAD, people=("ana@example.org",)).is_by("ana@example.org")


def test_a_good_signature_of_somebody_else_is_said_to_be_so() -> None:
    state = State(GOOD, "ssh", "bo@example.org", "SHA256:abc", ("bo@example.org",))
    word = judged(state, "Ana <ana@example.org>")

    assert word == OTHER_SIGNER
    said = words(word, state, "Ana <ana@example.org>")
    assert said == "signed by bo@example.org, and recorded as Ana <ana@example.org> (ssh key SHA256:abc)"


def test_what_is_asked_about_holds_only_as_a_whole() -> None:
    def found(word: str) -> Checked:
        return Checked("1" * 32, "run", "", "", "", word, State(word))

    assert Verification([found(GOOD)], [], []).holds
    assert not Verification([found(GOOD), found(UNSIGNED)], [], []).holds
    assert not Verification([found(GOOD)], [Problem("a log", "was rewritten", "")], []).holds
