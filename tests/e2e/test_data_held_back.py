"""Data of classes that do not go to a data remote: `git prov data push` does not send them, and says so."""

import json
from pathlib import Path

import pytest

from support.program import Outcome, git_prov
from support.repo import RepoBuilder

pytestmark = pytest.mark.e2e

SETTINGS = """\
[data]
remote = "store"
[data.remotes.store]
url = "{store}"
[data.remotes.safe]
url = "{safe}"
[data.classes.patients]
paths = ["data/patients/**"]
licences = ["DUA"]
[rules.data-classes]
level = "{level}"
{held}
remotes = ["sto*"]
"""
SECRET = "ana,1970\n"


@pytest.fixture
def places(tmp_path: Path) -> dict[str, Path]:
    places = {name: tmp_path / name for name in ("store", "safe")}
    for place in places.values():
        place.mkdir()
    return places


def furnish(
    repo: RepoBuilder, places: dict[str, Path], level: str = "block", held: str = 'classes = ["patients"]'
) -> None:
    settings = SETTINGS.format(level=level, held=held, **places)
    files = {"data/patients/ana.csv": SECRET, "data/free/copy.csv": SECRET, "data/free/b.csv": "free\n"}
    repo.write(".gitignore", "data\n")
    repo.commit("settings", {".gitprov.toml": settings})
    for name, content in files.items():
        repo.write(name, content)
    assert git_prov("data", "add", "data", cwd=repo.path).status == 0


def push(repo: RepoBuilder, *words: str) -> Outcome:
    return git_prov("data", "push", *words, cwd=repo.path)


def bytes_at(place: Path) -> bytes:
    return b"".join(path.read_bytes() for path in place.rglob("*") if path.is_file())


@pytest.mark.parametrize("held", ['classes = ["patients"]', 'licences = ["DUA"]'])
def test_what_is_held_back_is_not_sent_from_any_path(repo: RepoBuilder, places: dict[str, Path], held: str) -> None:
    furnish(repo, places, held=held)

    for words in ((), ("data/free/copy.csv",), ("data",)):
        done = push(repo, *words)
        assert done.status == 1
        assert "data/patients/ana.csv: was not sent: it is data " in done.stderr
    (item,) = json.loads(push(repo, "--json").stdout)["pushes"]
    assert item["held"] == 1

    assert b"free\n" in bytes_at(places["store"])
    assert SECRET.encode() not in bytes_at(places["store"])


def test_a_remote_that_the_rule_is_not_about_gets_all(repo: RepoBuilder, places: dict[str, Path]) -> None:
    furnish(repo, places)

    done = push(repo, "data", "safe")

    assert (done.status, done.stderr) == (0, "")
    assert SECRET.encode() in bytes_at(places["safe"])


def test_a_directory_that_was_sent_in_part_is_not_said_to_be_there(repo: RepoBuilder, places: dict[str, Path]) -> None:
    furnish(repo, places)
    push(repo)

    before = json.loads(git_prov("data", "ls", "--json", cwd=repo.path).stdout)
    push(repo, "data", "safe")
    after = json.loads(git_prov("data", "ls", "--json", cwd=repo.path).stdout)

    assert str(places["store"]) not in json.dumps(before)
    assert str(places["safe"]) in json.dumps(after)


def test_a_rule_that_warns_says_so_and_sends(repo: RepoBuilder, places: dict[str, Path]) -> None:
    furnish(repo, places, level="warn")

    done = push(repo)

    assert done.status == 0
    assert "data/patients/ana.csv: was sent: it is data of class patients, which does not go to store" in done.stderr
    assert SECRET.encode() in bytes_at(places["store"])


def test_a_rule_that_is_off_says_nothing(repo: RepoBuilder, places: dict[str, Path]) -> None:
    furnish(repo, places, level="off")

    assert push(repo).stderr == ""


def test_nothing_is_sent_while_nobody_can_tell_what_is_held_back(repo: RepoBuilder, places: dict[str, Path]) -> None:
    furnish(repo, places)
    policy = (repo.path / ".gitprov.toml").read_text()
    repo.write(".gitprov.toml", policy.replace('"block"', '"blok"'))

    done = push(repo)

    assert done.status == 128
    assert "rules.data-classes.level" in done.stderr
    assert not bytes_at(places["store"])
