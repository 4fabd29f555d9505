"""Whose word is asked about which paths."""

from collections.abc import Mapping, Sequence

import pytest

from gitprov.api.owners import PLACES, Owners, owners, read
from gitprov.api.persons import Persons
from support.records import session_in
from support.repo import RepoBuilder

PEOPLE = {"@ana": ["ana@example.org"], "@Lab/Stats": ["bo@example.org", "cy@example.org"]}


def asked(
    repo: RepoBuilder, path: str, source: str | None = None, people: Mapping[str, Sequence[str]] = PEOPLE
) -> Owners:
    with_settings = session_in(repo.path).repo
    file = read(with_settings, source)
    return owners(file, [path], people=people, persons=Persons(with_settings))[path]


def test_without_a_file_nobody_is_asked(repo: RepoBuilder) -> None:
    assert read(session_in(repo.path).repo, "HEAD") is None
    assert asked(repo, "x") == Owners()


@pytest.mark.parametrize("first", range(len(PLACES)))
def test_the_first_place_that_has_one_is_the_one(repo: RepoBuilder, first: int) -> None:
    repo.commit("owners", {place: f"* {number}@example.org\n" for number, place in enumerate(PLACES[first:], first)})
    for source in (None, "HEAD", ""):
        assert asked(repo, "x", source).people == {f"{first}@example.org"}


def test_a_commit_the_index_and_the_working_tree_each_have_their_own(repo: RepoBuilder) -> None:
    repo.commit("owners", {"CODEOWNERS": "* one@example.org\n"})
    repo.write("CODEOWNERS", "* two@example.org\n")
    repo.git("add", "-A")
    repo.write("CODEOWNERS", "* three@example.org\n")
    assert [asked(repo, "x", source).people for source in ("HEAD", "", None)] == [
        {"one@example.org"},
        {"two@example.org"},
        {"three@example.org"},
    ]


def test_handles_are_people_in_any_case_and_those_that_nobody_knows_are_named(repo: RepoBuilder) -> None:
    repo.write("CODEOWNERS", "* @ANA @lab/stats @ghost d@Example.org\n")
    found = asked(repo, "x")
    assert found.people == {"ana@example.org", "bo@example.org", "cy@example.org", "d@example.org"}
    assert found.unknown == ("@ghost",)


def test_one_of_the_owners_is_enough_unless_a_section_asks_for_more(repo: RepoBuilder) -> None:
    repo.write("CODEOWNERS", "* @ana\n[Statistics][2]\n*.csv @lab/stats\n^[Style]\n* @ghost\n")
    found = asked(repo, "x.csv")
    assert [(group.section, group.lacks(["ana@example.org", "bo@example.org"])) for group in found.groups] == [
        ("", 0),
        ("Statistics", 1),
    ]
    assert found.lacking({"ana@example.org", "bo@example.org", "cy@example.org"}) == ()
    assert [group.section for group in found.lacking(())] == ["", "Statistics"]


def test_owners_are_who_the_mailmap_says(repo: RepoBuilder) -> None:
    repo.write(".mailmap", "Ana <ana@example.org> <ana@old.example.org>\n")
    repo.write("CODEOWNERS", "* ana@old.example.org\n")
    assert asked(repo, "x").people == {"ana@example.org"}
