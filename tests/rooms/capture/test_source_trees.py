"""Source trees outside the repository, with real git."""

import os
from pathlib import Path
from typing import Any

from gitprov.capture.environment.trees import Trees
from support.repo import RepoBuilder


def states(*paths: Path, worktree: str = "", **environ: str) -> tuple[list[dict[str, Any]], dict[str, str]]:
    trees = {f"lib{n}": str(path) for n, path in enumerate(paths)}
    return Trees(trees, {**os.environ, **environ}, worktree).result()


def test_a_clean_tree_is_its_commit_and_where_that_is_at_home(repo: RepoBuilder) -> None:
    commit = repo.commit()
    repo.git("remote", "add", "origin", "https://ana:pw@host/lib.git")
    entry = {"name": "lib0", "path": str(repo.path), "commit": commit, "remote": "https://host/lib.git"}
    assert states(repo.path) == ([entry], {})


def test_changes_and_new_files_are_pointed_out(repo: RepoBuilder) -> None:
    repo.commit(files={"a.py": "1"})
    repo.write("a.py", "2")
    (entry,), problems = states(repo.path)
    assert entry["dirty"] is True
    assert list(problems.values()) == [f"editable install lib0 ({repo.path}) has changes that are not committed there"]
    repo.write("a.py", "1")
    repo.write("b.py", "1")
    assert states(repo.path)[0][0]["dirty"] is True


def test_only_the_tree_itself_counts_not_all_of_its_repository(repo: RepoBuilder) -> None:
    repo.commit(files={"libs/a/a.py": "1", "libs/b/b.py": "1"})
    repo.write("libs/b/b.py", "2")
    assert "dirty" not in states(repo.path / "libs/a")[0][0]


def test_a_tree_without_version_control_is_named(tmp_path: Path, repo: RepoBuilder) -> None:
    entries, problems = states(tmp_path, HOME=str(tmp_path.parent))
    assert entries == [{"name": "lib0", "path": f"~/{tmp_path.name}"}]
    assert list(problems.values()) == [f"editable install lib0 (~/{tmp_path.name}) is not under version control"]
    assert repo.path != tmp_path


def test_a_tree_that_is_gone_and_those_beyond_the_eighth_are_named(tmp_path: Path) -> None:
    _, problems = states(tmp_path / "gone")
    assert list(problems.values()) == ["editable install lib0: its state could not be asked for"]
    (tmp_path / "lib").mkdir()
    entries, problems = states(*[tmp_path / "lib"] * 9)
    assert len(entries) == 8
    assert problems["lib8"] == "editable install lib8: its state could not be asked for"


def test_git_is_asked_about_the_tree_whatever_repository_the_caller_is_in(tmp_path: Path, repo: RepoBuilder) -> None:
    commit = repo.commit()
    (entry,), _ = states(repo.path, GIT_DIR=str(tmp_path), GIT_WORK_TREE=str(tmp_path))
    assert entry["commit"] == commit


def test_a_question_that_is_given_up_leaves_no_process(repo: RepoBuilder) -> None:
    trees = Trees({"lib": str(repo.path)}, os.environ, "")
    trees.cancel()
    assert trees.result() == ([], {})
