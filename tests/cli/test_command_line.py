"""The command line as a whole: what it says when it is called with nothing, or with what there is not."""

from pathlib import Path

from support.program import git_prov, run_program


def test_without_a_verb_it_shows_the_verbs_and_is_wrong_usage(tmp_path: Path) -> None:
    done = git_prov(cwd=tmp_path)
    assert (done.status, done.stdout) == (129, "")
    assert done.stderr.startswith("Usage: git prov")
    assert "\n  run " in done.stderr


def test_an_unknown_verb_names_the_nearest(tmp_path: Path) -> None:
    done = git_prov("shwo", cwd=tmp_path)
    assert done.status == 129
    assert "'shwo' is not a git prov command; did you mean 'show'?" in done.stderr


def test_the_version_is_one_line(tmp_path: Path) -> None:
    done = run_program("git-prov", "--version", cwd=tmp_path)
    assert done.status == 0
    assert done.stdout.startswith("git-prov ")
    assert git_prov("--version", cwd=tmp_path) == done


def test_an_option_there_is_not_says_how_the_verb_is_used(tmp_path: Path) -> None:
    done = git_prov("sync", "--nonsense", cwd=tmp_path)
    assert done.status == 129
    assert "--nonsense" in done.stderr
    assert "Usage: git prov sync" in done.stderr
