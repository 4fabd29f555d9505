"""Data with the real program: from one clone to another, killed in the middle, twice at once."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from gitprov.artifacts.hashing import digest_bytes
from support.data import contents
from support.program import git_prov
from support.repo import RepoBuilder
from support.templates import RepoMaker

SCRIPT = """\
import pathlib
table = pathlib.Path("data/train.csv").read_bytes()
pathlib.Path("out").mkdir(exist_ok=True)
pathlib.Path("out/model.bin").write_bytes(table[::-1] * 1000)
"""


@pytest.fixture
def project(make_repo: RepoMaker, tmp_path: Path) -> RepoBuilder:
    """A repository with a hub and data that git does not track."""
    repo = make_repo("ana")
    repo.bare_remote(tmp_path / "hub.git")
    repo.write("data/train.csv", "x,y\n" + "".join(f"{n},{n * n}\n" for n in range(1000)))
    repo.write(".gitignore", "/data/\n/out/\n")
    repo.commit("train", {"train.py": SCRIPT})
    assert git_prov("init", cwd=repo.path).status == 0
    repo.git("push", "-q", "-u", "origin", "HEAD")
    (tmp_path / "remote").mkdir()
    assert git_prov("data", "remote", "add", "store", tmp_path / "remote", cwd=repo.path).status == 0
    repo.commit("data remote")
    return repo


def test_the_data_of_a_run_are_had_in_another_clone(project: RepoBuilder, tmp_path: Path) -> None:
    ran = git_prov(
        "run", "--keep", "-v", "-i", "data/train.csv", "-o", "out", "--", "python3", "train.py", cwd=project.path
    )
    assert ran.status == 0, ran.stderr
    pushed = git_prov("data", "push", cwd=project.path)
    assert (pushed.status, pushed.stderr) == (0, "")
    project.git("push", "-q")

    ben = tmp_path / "ben"
    project.git("clone", "-q", tmp_path / "hub.git", ben)
    assert git_prov("init", cwd=ben).status == 0
    got = git_prov("data", "get", "@", cwd=ben)
    assert (got.status, got.stderr) == (0, "")
    for directory in ("data", "out"):
        assert contents(ben / directory) == contents(project.path / directory)
    assert git_prov("data", "status", cwd=ben).status == 0


def test_by_default_a_run_keeps_no_bytes_and_by_setting_it_keeps_what_it_made(project: RepoBuilder) -> None:
    run = ("run", "-i", "data/train.csv", "-o", "out", "--", "python3", "train.py")
    assert git_prov(*run, cwd=project.path).status == 0
    assert not (project.path / ".git/prov/store").exists()
    project.write(".gitprov.toml", '[data]\nkeep = "outputs"\n')
    assert git_prov(*run, cwd=project.path).status == 0
    verified = git_prov("data", "verify", cwd=project.path)

    made = (project.path / "out/model.bin").read_bytes()
    assert verified.stdout.startswith("store: 1 file, ")
    hexes = digest_bytes(made)[3:]
    assert (project.path / ".git/prov/store/objects" / hexes[:2] / hexes[2:]).read_bytes() == made


def test_a_run_whose_bytes_cannot_be_kept_says_so_and_goes_on(project: RepoBuilder) -> None:
    (project.path / ".git/prov/store").write_text("in the way")
    ran = git_prov("run", "--keep", "-o", "out", "--", "python3", "train.py", cwd=project.path)

    assert ran.status == 0
    assert "keeping bytes was not recorded" in ran.stderr
    assert "keeping bytes" in git_prov("show", "--json", cwd=project.path).stdout


def files_in(directory: Path, count: int) -> None:
    """Write files, small ones and some large ones."""
    for number in range(count):
        file = directory / f"{number % 7}" / f"{number}.bin"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(os.urandom(300_000 if number % 50 == 0 else 500))


def killed(*args: str, cwd: Path, when: Path) -> None:
    """Start a verb, and kill all of it as soon as something stands at `when`."""
    process = subprocess.Popen(
        ["git", "prov", *args], cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    while process.poll() is None:
        if when.exists() and any(when.iterdir()):
            os.killpg(process.pid, signal.SIGKILL)
            break
    process.wait()


def test_whatever_is_killed_in_the_middle_is_finished_by_the_second_try(project: RepoBuilder, tmp_path: Path) -> None:
    files_in(project.path / "data/many", 2000)
    store = project.path / ".git/prov/store"
    killed("data", "add", "data", cwd=project.path, when=store / "tmp")
    assert git_prov("data", "add", "data", cwd=project.path).status == 0
    verified = git_prov("data", "verify", "data", cwd=project.path)
    assert verified.status == 0, verified.stdout
    killed("data", "push", cwd=project.path, when=tmp_path / "remote" / "tmp")
    pushed = git_prov("data", "push", cwd=project.path)
    assert pushed.status == 0, pushed.stderr
    assert git_prov("data", "verify", "--remote", "store", cwd=project.path).status == 0
    wanted = contents(project.path / "data")
    shutil.rmtree(project.path / "data")
    shutil.rmtree(store)
    killed("data", "get", "data", cwd=project.path, when=store / "tmp")
    killed("data", "get", "data", cwd=project.path, when=project.path / "data")
    got = git_prov("data", "get", "data", cwd=project.path)
    assert got.status == 0, got.stderr
    assert contents(project.path / "data") == wanted
    project.fsck()


def test_the_same_twice_at_once_is_the_same_as_once(project: RepoBuilder, tmp_path: Path) -> None:
    files_in(project.path / "data/many", 300)
    linked = project.worktree(tmp_path / "linked", "side")
    shutil.copytree(project.path / "data", linked.path / "data")
    for verb in (["add", "data"], ["push", "data"]):
        both = [
            subprocess.Popen(["git", "prov", "data", *verb], cwd=path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            for path in (project.path, linked.path)
        ]
        told = [process.communicate(timeout=100)[0] for process in both]
        assert [process.returncode for process in both] == [0, 0], told
    shutil.rmtree(linked.path / "data")
    assert git_prov("data", "get", "data", cwd=linked.path).status == 0
    assert contents(linked.path / "data") == contents(project.path / "data")
    assert git_prov("data", "verify", cwd=project.path).status == 0
    assert git_prov("data", "verify", "--remote", "store", cwd=project.path).status == 0


def test_sha256_repositories_have_data_too(make_repo: RepoMaker) -> None:
    repo = make_repo(object_format="sha256")
    repo.write("data/a", "1")
    assert git_prov("data", "add", "data", cwd=repo.path).status == 0
    (repo.path / "data/a").unlink()
    got = git_prov("data", "get", "data", cwd=repo.path)

    assert (got.status, (repo.path / "data/a").read_text()) == (0, "1")
