"""`git prov deinit`, in words."""

import pytest

from gitprov.cli.main import main
from support.planted import plant_run
from support.repo import RepoBuilder

Words = pytest.CaptureFixture[str]
RECORDS = (
    "note: the records stay; to remove them from this clone: "
    "git for-each-ref --format='delete %(refname)' refs/prov refs/notes/prov | git update-ref --stdin\n"
)


@pytest.fixture(autouse=True)
def _here(repo: RepoBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repo.path)


def test_what_was_undone_is_said_and_the_records_stay(repo: RepoBuilder, capsys: Words) -> None:
    before = (repo.path / ".git/config").read_bytes()
    main(["init", "-q"])
    plant_run(repo.path)
    refs = repo.refs()

    assert main(["deinit"]) == 0

    assert capsys.readouterr() == (
        "hooks, fetch refspecs and the display in git log are as they were before\n",
        RECORDS,
    )
    assert (repo.path / ".git/config").read_bytes() == before
    assert repo.refs() == refs


def test_the_command_it_names_removes_the_records(repo: RepoBuilder, capsys: Words) -> None:
    main(["init", "-q"])
    plant_run(repo.path)
    main(["deinit"])
    command = capsys.readouterr().err.partition("clone: ")[2]

    repo.git("-c", f"alias.remove=!{command}", "remove")

    assert repo.refs() == {"refs/heads/main": repo.head}


def test_where_nothing_was_set_up_it_says_so(repo: RepoBuilder, capsys: Words) -> None:
    assert main(["deinit"]) == 0
    assert capsys.readouterr() == ("", "note: nothing was set up here\n")
    assert not (repo.path / ".git/prov").exists()


def test_twice_is_once(capsys: Words) -> None:
    main(["init", "-q"])
    main(["deinit", "-q"])

    assert main(["deinit"]) == 0

    assert capsys.readouterr() == ("", "note: nothing was set up here\n")


def test_for_every_clone_where_nothing_was_set_up(capsys: Words) -> None:
    assert main(["deinit", "--global"]) == 0
    assert capsys.readouterr() == ("", "note: nothing was set up for every clone\n")
