"""Places to run in: made at an exact commit, and gone when they are done with or nobody's any more."""

import os
import subprocess
from pathlib import Path

import pytest

from gitprov.api.session import Session
from gitprov.errors import NotFound, ProvError
from gitprov.replay.place.making import Place, place_for, sweep
from gitprov.replay.place.owned import Owned
from gitprov.replay.plan import Plan, plan
from support.records import record_id, run_record, session_in
from support.replayed import leftovers
from support.repo import RepoBuilder
from support.templates import RepoMaker

NAME = record_id(5)


def planned(repo: RepoBuilder, **fields: object) -> Plan:
    return plan(run_record(1, **{"cwd": ".", "code": {"commit": repo.head}, **fields}))


def begun(session: Session, directory: Path | str = "") -> Place:
    return Place.begin(session.repo, session.state, NAME, str(directory))


def _interrupted(session: Session, wanted: Plan | None, directory: str = "") -> None:
    """Have somebody end it where the code is there, or where nothing is yet."""
    with place_for(session.repo, session.state, NAME, directory) as place:
        if wanted:
            place.check_out(wanted)
        raise KeyboardInterrupt


def test_the_exact_code_is_there_and_all_of_it_goes_again(repo: RepoBuilder) -> None:
    wanted = planned(repo)
    repo.commit("later", {"train.py": "print('later')\n"})
    session = session_in(repo.path)
    with place_for(session.repo, session.state, NAME) as place:
        assert place.check_out(wanted) == []
        top = Path(place.worktree)
        assert (top / "train.py").read_text() == "print('trained')\n"
        assert top.name == repo.path.name
        (top / "made").mkdir()
        (top / "made").chmod(0)
    assert leftovers(repo) == []


def test_it_goes_when_something_fails_in_it(repo: RepoBuilder) -> None:
    session = session_in(repo.path)
    with pytest.raises(KeyboardInterrupt):
        _interrupted(session, planned(repo))
    assert leftovers(repo) == []


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_another_worktree_of_the_person_is_left_alone(make_repo: RepoMaker, tmp_path: Path, object_format: str) -> None:
    repo = make_repo(object_format=object_format)  # type: ignore[arg-type] # one of the two
    other = repo.worktree(tmp_path / "repo2", "side")
    session = session_in(other.path)
    with place_for(session.repo, session.state, NAME) as place:
        place.check_out(planned(repo))
    assert leftovers(repo) == ["worktrees/repo2", *leftovers(repo)[1:]]
    assert len(leftovers(repo)) == 2
    assert other.git("status", "--porcelain") == ""


def test_a_directory_of_the_persons_own_stays_once_it_is_whole(repo: RepoBuilder, tmp_path: Path) -> None:
    session = session_in(repo.path)
    with pytest.raises(KeyboardInterrupt):
        _interrupted(session, planned(repo), str(tmp_path / "kept"))
    assert (tmp_path / "kept/train.py").exists()
    with pytest.raises(KeyboardInterrupt):
        _interrupted(session, None, str(tmp_path / "half"))
    assert not (tmp_path / "half").exists()


def test_what_came_into_a_directory_that_was_only_asked_for_is_not_removed(repo: RepoBuilder, tmp_path: Path) -> None:
    session = session_in(repo.path)
    place = begun(session, tmp_path / "mine")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/file").write_text("mine")
    place.leave()
    assert (tmp_path / "mine/file").read_text() == "mine"


def test_a_living_owner_keeps_its_place_and_a_dead_one_does_not(repo: RepoBuilder) -> None:
    session = session_in(repo.path)
    place = begun(session)
    place.check_out(planned(repo))
    sweep(session.repo, session.state)
    assert os.path.exists(place.worktree)

    os.close(place.owned.handle)  # the kernel does the same when its owner dies, however that dies
    sweep(session.repo, session.state)
    assert leftovers(repo) == []


def test_a_place_that_was_only_begun_is_swept(repo: RepoBuilder) -> None:
    session = session_in(repo.path)
    owned = Owned.make(session.state, NAME)
    os.close(owned.handle)
    sweep(session.repo, session.state)
    assert leftovers(repo) == []


def test_half_a_checkout_is_swept_with_its_locks(repo: RepoBuilder) -> None:
    session = session_in(repo.path)
    place = begun(session)
    place.check_out(planned(repo))
    (repo.path / ".git/worktrees" / repo.path.name / "index.lock").touch()
    os.unlink(os.path.join(place.worktree, ".git"))
    os.close(place.owned.handle)
    sweep(session.repo, session.state)
    assert leftovers(repo) == []


def test_submodules_are_at_their_recorded_commits_from_what_is_here(make_repo: RepoMaker) -> None:
    library, repo = make_repo("library"), make_repo("repo")
    library.commit("lib", {"lib.py": "one\n"})
    old = library.head
    repo.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", library.path, "libs/a")
    repo.commit("with a library")
    library.commit("newer", {"lib.py": "two\n"})
    submodules = [{"path": "libs/a", "commit": old}, {"path": "libs/b", "commit": "1" * 40}]
    wanted = planned(repo, code={"commit": repo.head, "submodules": submodules})
    session = session_in(repo.path)
    with place_for(session.repo, session.state, NAME) as place:
        assert place.check_out(wanted) == ["submodule libs/b"]
        assert (Path(place.worktree) / "libs/a/lib.py").read_text() == "one\n"


def test_where_git_lfs_is_not_its_pointers_are_named(repo: RepoBuilder, tmp_path: Path) -> None:
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 9\n"
    repo.commit("large", {".gitattributes": "*.bin filter=lfs diff=lfs merge=lfs -text\n", "w.bin": pointer})
    repo.git("config", "filter.lfs.smudge", "false")
    repo.git("config", "filter.lfs.required", "true")
    bare = tmp_path / "bin"
    bare.mkdir()
    (bare / "git").symlink_to(_which("git"))
    session = session_in(repo.path, PATH=str(bare))
    with place_for(session.repo, session.state, NAME) as place:
        assert place.check_out(planned(repo)) == ["w.bin from Git LFS"]


def _which(name: str) -> str:
    return subprocess.run(["which", name], capture_output=True, text=True, check=True).stdout.strip()


def test_what_the_person_does_not_check_out_is_checked_out_all_the_same(repo: RepoBuilder) -> None:
    repo.commit("two", {"a/x": "1", "b/y": "2"})
    repo.git("sparse-checkout", "set", "a")
    assert not (repo.path / "b").exists()
    session = session_in(repo.path)
    with place_for(session.repo, session.state, NAME) as place:
        place.check_out(planned(repo))
        assert (Path(place.worktree) / "b/y").read_text() == "2"


def test_the_directory_it_ran_in_is_made_where_git_keeps_none_and_never_outside(
    repo: RepoBuilder, tmp_path: Path
) -> None:
    (repo.path / "away").symlink_to(tmp_path)
    repo.commit("a link")
    session = session_in(repo.path)
    with place_for(session.repo, session.state, NAME) as place:
        place.check_out(planned(repo))
        assert place.cwd(planned(repo, cwd="a/b")) == os.path.join(place.worktree, "a/b")
        for cwd in ("away", "away/deeper", "train.py"):
            with pytest.raises(NotFound):
                place.cwd(planned(repo, cwd=cwd))
    assert not (tmp_path / "deeper").exists()


def test_a_name_that_is_no_id_among_the_places_is_left_alone(repo: RepoBuilder) -> None:
    session = session_in(repo.path)
    stranger = Path(session.state.replays) / "notes"
    stranger.mkdir(parents=True)
    sweep(session.repo, session.state)
    assert stranger.is_dir()


def test_a_place_that_is_taken_says_so(repo: RepoBuilder, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full/file").touch()
    session = session_in(repo.path)
    with pytest.raises(ProvError, match="is there and not empty"):
        begun(session, tmp_path / "full")
    assert leftovers(repo) == []


def test_git_takes_the_new_files_for_unchanged_without_reading_them(repo: RepoBuilder) -> None:
    """Else a program that asks git for the status would be seen to read all of the code."""
    session = session_in(repo.path)
    with place_for(session.repo, session.state, NAME) as place:
        place.check_out(planned(repo))
        file = Path(place.worktree, "train.py")
        told = file.stat()
        with file.open("r+b") as opened:
            opened.write(b"X")  # only who reads it notices
        os.utime(file, ns=(told.st_atime_ns, told.st_mtime_ns))
        assert repo.git("-C", place.worktree, "-c", "core.trustctime=false", "status", "--short") == ""
