"""What stands in the way of data when it is added: files nobody can read, names that `data get` refuses."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gitprov.api.data.add import AddOptions, add
from gitprov.api.data.status import status
from gitprov.artifacts.listing import Skipped
from gitprov.artifacts.scan import Scanned
from gitprov.artifacts.scan import scan as scan_there
from gitprov.errors import NotFound, ProvError, UsageError
from gitprov.model.data import CHANGED, MISSING, UNREADABLE, Change
from support.records import session_in
from support.repo import RepoBuilder

LATER = "git prov data get will refuse this"


def told(repo: RepoBuilder, path: str) -> dict[str, str]:
    return {one.where: one.reason for one in add(session_in(repo.path), AddOptions([path])).problems}


def test_names_that_get_refuses_are_told_of_when_they_are_added(repo: RepoBuilder) -> None:
    for name in ("aux.c", "sub/con", "dot.", "space ", "config.json", "auxiliary", "com1.txt", "commit.txt"):
        repo.write(f"data/{name}", "1")

    assert told(repo, "data") == {
        "data/aux.c": f"is a device on Windows: {LATER}",
        "data/com1.txt": f"is a device on Windows: {LATER}",
        "data/dot.": f"ends in a dot or a space, which Windows drops: {LATER}",
        "data/space ": f"ends in a dot or a space, which Windows drops: {LATER}",
        "data/sub/con": f"is a device on Windows: {LATER}",
    }


def test_a_path_itself_may_have_such_a_name(repo: RepoBuilder) -> None:
    repo.write("nul/a.csv", "1")

    assert told(repo, "nul/a.csv") == {"nul/a.csv": f"has the name 'nul' in it, which is a device on Windows: {LATER}"}
    assert list(told(repo, "nul")) == ["nul"]


def test_links_that_get_refuses_are_told_of_once_and_others_are_not(repo: RepoBuilder) -> None:
    repo.write("data/sub/a", "1")
    for name, target in {"good": "sub/a", "absolute": "/etc/passwd", "sub/out": "../../x", "sub/up": "../good"}.items():
        (repo.path / "data" / name).symlink_to(target)

    expected = {
        "data/absolute": f"is a link to an absolute path: {LATER}",
        "data/sub/out": f"is a link out of the directory: {LATER}",
    }
    assert told(repo, "data") == expected
    assert told(repo, "data") == expected


def test_many_such_names_are_counted(repo: RepoBuilder) -> None:
    for number in range(30):
        repo.write(f"data/{number}/aux", "1")
    reasons = told(repo, "data")

    assert len(reasons) == 21
    assert reasons["data"] == f"holds 10 more of this kind: {LATER}"


@pytest.fixture
def unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    """A scan that may not read `b`, whoever runs the test."""

    def scan(*args: object, **options: object) -> Scanned:
        found: Scanned = scan_there(*args, **options)  # type: ignore[arg-type]
        return found._replace(skipped=(*found.skipped, Skipped("b", "cannot be read: Permission denied")))

    monkeypatch.setattr("gitprov.api.data.add.scan", scan)
    monkeypatch.setattr("gitprov.api.data.status.scan", scan)


@pytest.mark.usefixtures("unreadable")
def test_a_directory_that_cannot_be_read_whole_is_not_added(repo: RepoBuilder) -> None:
    repo.write("nod/a", "1")
    with pytest.raises(ProvError, match=r"nod/b cannot be read: Permission denied; nothing of nod was added") as caught:
        add(session_in(repo.path), AddOptions(["nod"]))

    assert "chmod" in caught.value.hint
    assert not repo.refs("refs/prov")


def test_status_says_that_a_file_cannot_be_read_and_not_that_it_is_missing(
    repo: RepoBuilder, request: pytest.FixtureRequest
) -> None:
    for name in ("a", "b/x", "c"):
        repo.write(f"nod/{name}", name)
    session = session_in(repo.path)
    add(session, AddOptions(["nod"]))
    request.getfixturevalue("unreadable")
    (repo.path / "nod/b/x").unlink()
    (repo.path / "nod/c").unlink()
    (one,) = status(session, []).items

    assert (one.state, one.counts) == (CHANGED, {MISSING: 1, UNREADABLE: 1})
    assert set(one.changes) == {Change("b/x", UNREADABLE), Change("c", MISSING)}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused_by_name(repo: RepoBuilder) -> None:
    repo.write("nod/a", "1")
    repo.write("nod/b", "2")
    (repo.path / "nod/b").chmod(0)
    for path in ("nod", "nod/b"):
        with pytest.raises(ProvError, match=r"nod/b cannot be read"):
            add(session_in(repo.path), AddOptions([path]))


def test_an_empty_name_a_long_name_and_one_to_be_downloaded_say_what_to_do(repo: RepoBuilder) -> None:
    session = session_in(repo.path)
    with pytest.raises(UsageError, match="a PATH is empty"):
        add(session, AddOptions([""]))
    with pytest.raises(ProvError, match="File name too long") as long:
        add(session, AddOptions(["x" * 300]))
    assert long.value.hint == "check the name"
    assert len(long.value.message) < 130
    with pytest.raises(NotFound) as gone:
        add(session, AddOptions(["fresh"], url="https://example.org/fresh"))
    assert "download it there first" in gone.value.hint


@pytest.mark.parametrize("line", ["/old/", "/old/\n"])
@pytest.mark.parametrize("name", ["plain", "100%s", "back\\slash", "it's [1]"])
def test_the_words_that_ignore_a_path_do_so_whatever_ends_the_file(repo: RepoBuilder, line: str, name: str) -> None:
    repo.write(".gitignore", line)
    repo.write(f"{name}/a", "1")
    repo.write("old/a", "1")
    repo.write("sub/a", "1")
    (note,) = add(session_in(repo.path / "sub"), AddOptions([f"../{name}"])).notes
    subprocess.run(["sh", "-c", note.partition("keep it out: ")[2]], check=True, cwd=repo.path / "sub")

    for path in (f"{name}/a", "old/a"):
        assert repo.git("check-ignore", path)
    assert repo.path.joinpath(".gitignore").read_text().splitlines()[0] == "/old/"


def test_the_hint_is_as_short_as_it_can_be(repo: RepoBuilder) -> None:
    repo.write("data/a", "1")
    repo.write(".gitignore", "x")

    (note,) = add(session_in(repo.path), AddOptions(["data"])).notes
    assert note.endswith(r"printf '\n/data/\n' >> .gitignore")


def test_local_data_is_added_by_a_python_without_tls(repo: RepoBuilder) -> None:
    repo.write("a", "1")
    program = "import sys; sys.modules['ssl'] = sys.modules['_ssl'] = None; from gitprov.cli.main import main; "
    done = subprocess.run(
        [sys.executable, "-c", program + "sys.exit(main(['data', 'add', 'a']))"],
        cwd=repo.path,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])},
        check=False,
    )

    assert (done.returncode, done.stdout[:2]) == (0, "a:"), done.stderr
