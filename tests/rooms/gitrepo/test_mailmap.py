"""Who is the same person, as git says."""

from gitprov.gitrepo.mailmap import canonical
from support.records import session_in
from support.repo import RepoBuilder

MAILMAP = "Ana Lima <ana@example.org> <ana@old.example.org>\nBo Ek <bo@example.org> Bobo <laptop@localhost>\n"


def test_people_are_spelled_as_the_mailmap_says(repo: RepoBuilder) -> None:
    repo.write(".mailmap", MAILMAP)
    asked = ["A <ANA@old.example.org>", "Bobo <laptop@localhost>", "Cy <laptop@localhost>", "<ana@old.example.org>"]
    assert list(canonical(session_in(repo.path).repo, asked).values()) == [
        "Ana Lima <ana@example.org>",
        "Bo Ek <bo@example.org>",
        "Cy <laptop@localhost>",
        "Ana Lima <ana@example.org>",
    ]


def test_the_mailmap_is_found_from_a_directory_below(repo: RepoBuilder) -> None:
    repo.write(".mailmap", MAILMAP)
    below = repo.write("deep/er/file").parent
    assert canonical(session_in(below).repo, ["A <ana@old.example.org>"]) == {
        "A <ana@old.example.org>": "Ana Lima <ana@example.org>"
    }


def test_what_is_no_contact_stays_as_it_is_and_spoils_nothing(repo: RepoBuilder) -> None:
    repo.write(".mailmap", MAILMAP)
    odd = ["", "somebody", "<>", "a <b> <c>", "two\nlines <a@b>", "A <ana@old.example.org>"]
    found = canonical(session_in(repo.path).repo, odd)
    assert [found[one] for one in odd[:-1]] == odd[:-1]
    assert found[odd[-1]] == "Ana Lima <ana@example.org>"


def test_nobody_is_asked_of_nobody(repo: RepoBuilder) -> None:
    assert canonical(session_in(repo.path).repo, []) == {}
