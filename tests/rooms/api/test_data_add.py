import os
from pathlib import Path

import pytest

from gitprov.api.data.add import AddOptions, add
from gitprov.api.data.ls import ls
from gitprov.api.data.place import Place
from gitprov.artifacts import listing
from gitprov.artifacts.hashing import digest_bytes
from gitprov.errors import NotFound, ProvError, UsageError
from support.records import session_in
from support.repo import RepoBuilder
from support.templates import RepoMaker


def test_a_file_is_stated_and_its_bytes_are_kept(repo: RepoBuilder) -> None:
    repo.write("big.bin", b"x" * 100_000)
    session = session_in(repo.path)
    (one,) = add(session, AddOptions(["big.bin"])).items

    assert (one.path, one.size, one.kind, one.news, one.kept) == ("big.bin", 100_000, "file", True, True)
    assert one.digest == digest_bytes(b"x" * 100_000)
    with Place(session) as place:
        assert place.store.read(one.digest) == b"x" * 100_000
        assert place.known[one.digest].path == "big.bin"


def test_a_directory_is_its_listing(repo: RepoBuilder) -> None:
    repo.write("data/a.csv", "1\n")
    repo.write("data/sub/b.csv", "2\n")
    session = session_in(repo.path)
    (one,) = add(session, AddOptions(["data"])).items

    assert (one.kind, one.files, one.size) == ("directory", 2, 4)
    with Place(session) as place:
        walked = {path: entry.digest for path, entry in listing.walk(one.digest, place.listings)}
        assert walked == {b"a.csv": digest_bytes(b"1\n"), b"sub/b.csv": digest_bytes(b"2\n")}
        assert place.store.read(walked[b"a.csv"]) == b"1\n"


def test_adding_the_same_again_changes_nothing_and_says_so(repo: RepoBuilder) -> None:
    repo.write("data/a.csv", "1\n")
    session = session_in(repo.path)
    (first,) = add(session, AddOptions(["data"])).items
    refs = repo.refs("refs/prov")
    (second,) = add(session, AddOptions(["data"])).items

    assert (first.news, second.news) == (True, False)
    assert first.digest == second.digest
    assert repo.refs("refs/prov") == refs


def test_adding_it_to_be_kept_after_it_was_not_is_news(repo: RepoBuilder) -> None:
    repo.write("data/a.csv", "1\n")
    session = session_in(repo.path)
    (first,) = add(session, AddOptions(["data"], keep=False)).items
    (second,) = add(session, AddOptions(["data"])).items

    assert (first.kept, second.kept, second.news) == (False, True, True)


def test_a_directory_with_nothing_in_it_has_no_files(repo: RepoBuilder) -> None:
    (repo.path / "data").mkdir()
    session = session_in(repo.path)
    add(session, AddOptions(["data"]))

    assert [(one.files, one.copies) for one in ls(session, []).items] == [(0, ("here",))]


def test_what_is_kept_in_part_is_not_called_here(repo: RepoBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gitprov.api.data.ls._AT_ONCE", 2)
    for number in range(5):
        repo.write(f"data/{number}", f"{number}\n")
    session = session_in(repo.path)
    add(session, AddOptions(["data"], keep=False))
    add(session, AddOptions([f"data/{number}" for number in range(4)]))
    assert [one.copies for one in ls(session, ["data"]).items] == [()]

    add(session, AddOptions(["data/4"]))
    assert [one.copies for one in ls(session, ["data"]).items] == [("here",)]


def test_what_a_person_says_is_stated_once(repo: RepoBuilder) -> None:
    repo.write("a", "1")
    session = session_in(repo.path)
    options = AddOptions(["a"], licence="CC-BY-4.0", owner="The lab", note="raw")
    assert add(session, options).items[0].news
    assert not add(session, options).items[0].news
    (one,) = ls(session, ["a"]).items

    assert (one.licence, one.owner, one.note) == ("CC-BY-4.0", "The lab", "raw")


def test_an_older_state_that_is_back_is_stated_as_the_newest(repo: RepoBuilder) -> None:
    session = session_in(repo.path)
    for text in ("one", "two", "one"):
        repo.write("a", text)
        assert add(session, AddOptions(["a"])).items[0].news
    (one,) = ls(session, []).items

    assert one.digest == digest_bytes(b"one")
    assert len(ls(session, [], everything=True).items) == 2


def test_links_inside_travel_with_the_listing(repo: RepoBuilder) -> None:
    repo.write("data/a", "1")
    (repo.path / "data/link").symlink_to("a")
    session = session_in(repo.path)
    add(session, AddOptions(["data"], keep=False))

    with Place(session) as place:
        assert place.listings(digest_bytes(b"a")) == b"a"


@pytest.mark.parametrize("name", ["with space", "new\nline", "tab\there", '"quoted"', "caf\udce9", "ünï", "a\\b"])
def test_names_of_all_kinds_are_added(repo: RepoBuilder, name: str) -> None:
    file = os.path.join(os.fsencode(repo.path), os.fsencode(name))
    with open(file, "wb") as opened:
        opened.write(b"1")
    session = session_in(repo.path)
    answer = add(session, AddOptions([name]))

    assert answer.items[0].digest == digest_bytes(b"1")
    assert not add(session, AddOptions([name])).items[0].news
    with Place(session) as place:
        (use,) = place.catalog.uses
        assert place.file_of(use.raw) == file


def test_paths_are_taken_from_where_one_stands(repo: RepoBuilder) -> None:
    repo.write("sub/deep/a", "1")
    (one,) = add(session_in(repo.path / "sub"), AddOptions(["deep/a"])).items

    assert one.path == "sub/deep/a"


def test_what_git_would_take_in_is_warned_of_with_the_line_to_mend_it(repo: RepoBuilder) -> None:
    repo.write("data/it's [1]", "1")
    repo.write("ignored/a", "1")
    repo.write(".gitignore", "/ignored/\n")
    session = session_in(repo.path)

    (note,) = add(session, AddOptions(["data"])).notes
    assert "echo /data/ >> .gitignore" in note
    assert not add(session, AddOptions(["ignored"])).notes
    (note,) = add(session, AddOptions(["data/it's [1]"])).notes
    words = note.partition("keep it out: ")[2]
    repo.write(".gitignore", "")
    os.system(f"cd {repo.path} && {words}")  # noqa: S605 - as a person would
    assert repo.git("check-ignore", "data/it's [1]")
    repo.git("add", "-f", "ignored/a")
    assert not add(session, AddOptions(["ignored"])).notes


def test_what_cannot_be_added_says_why_and_nothing_is_stated(repo: RepoBuilder, tmp_path: Path) -> None:
    repo.write("data/a", "1")
    (repo.path / "out").symlink_to(tmp_path)
    (repo.path / "in").symlink_to("data")
    (repo.path / "nowhere").symlink_to("gone")
    os.mkfifo(repo.path / "pipe")
    session = session_in(repo.path)
    reasons = {
        "../x": "outside of the repository",
        str(tmp_path / "x"): "outside of the repository",
        ".": "is the repository itself",
        ".git/config": "reaches into .git",
        "gone": "is not there",
        "out": "leads out of the repository",
        "out/x": "leads out of the repository",
        "in": "symbolic link in",
        "in/a": "symbolic link in",
        "pipe": "is a pipe",
        "nowhere": "is reached through",
    }
    for path, reason in reasons.items():
        with pytest.raises(ProvError, match=reason):
            add(session, AddOptions(["data", path]))
    assert not repo.refs("refs/prov")


def test_a_repository_inside_is_added_from_there(repo: RepoBuilder, make_repo: RepoMaker) -> None:
    make_repo("repo/inner")

    with pytest.raises(ProvError, match="a repository of its own"):
        add(session_in(repo.path), AddOptions(["inner"]))


def test_parts_that_cannot_be_listed_are_named_and_the_rest_is_added(repo: RepoBuilder) -> None:
    repo.write("data/a", "1")
    os.mkfifo(repo.path / "data/pipe")
    answer = add(session_in(repo.path), AddOptions(["data"]))

    assert answer.items[0].files == 1
    assert [(one.where, one.reason) for one in answer.problems] == [("data/pipe", "is a pipe")]


def test_there_must_be_a_working_tree(make_repo: RepoMaker) -> None:
    with pytest.raises(ProvError, match="no working tree"):
        add(session_in(make_repo("hub", bare=True).path), AddOptions(["a"]))


def test_tables_are_profiled_when_asked(repo: RepoBuilder) -> None:
    repo.write("data/a.csv", "x,y\n1,2\n3,4\n")
    repo.write("data/readme", "no table")
    session = session_in(repo.path)
    add(session, AddOptions(["data"], profile=True))

    with Place(session) as place:
        profile = place.known[digest_bytes(b"x,y\n1,2\n3,4\n")].profile
        assert profile is not None
        assert b'"rows":2' in place.listings(profile)
    repo.write("plain.txt", "1")
    with pytest.raises(UsageError, match="no table"):
        add(session, AddOptions(["plain.txt"], profile=True))


def test_before_the_first_commit(make_repo: RepoMaker) -> None:
    repo = make_repo(empty=True)
    repo.write("a", "1")

    assert add(session_in(repo.path), AddOptions(["a"])).items[0].news


def test_a_missing_name_lists_what_is_near(repo: RepoBuilder) -> None:
    repo.write("data/train.csv", "1")
    session = session_in(repo.path)
    add(session, AddOptions(["data/train.csv"]))

    with pytest.raises(NotFound) as caught:
        ls(session, ["data/tran.csv"])
    assert "data/train.csv" in caught.value.hint
