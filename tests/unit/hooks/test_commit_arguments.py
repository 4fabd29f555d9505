import pytest

from gitprov.hooks.parent import says_amend

ALIASES = {"fix": "commit --amend", "ci": "commit", "shell": "!git commit --amend"}


def _alias(verb: str) -> str:
    return ALIASES.get(verb, "")


@pytest.mark.parametrize(
    "line",
    [
        "git commit --amend",
        "git commit --am -m x",
        "git commit -am x --amend",
        "git -c a.b=commit -C somewhere commit -qv --amend --no-edit",
        "/usr/lib/git-core/git-commit --amend",
        "git commit -u --amend",
        "git commit -S --amend",
        "git commit -uno --amend",
        "git commit --no-amend --amend",
        "git fix -m x",
        "git ci --amend",
    ],
)
def test_an_amending_commit_is_seen_in_the_command_line(line: str) -> None:
    assert says_amend(line.split(), _alias) is True


@pytest.mark.parametrize(
    "line",
    [
        "git commit",
        "git commit -m --amend",
        "git commit -am --amend",
        "git commit -qm --amend",
        "git commit --message --amend",
        "git commit -F --amend",
        "git commit --author --amend",
        "git commit --amend --no-amend",
        "git commit --a",
        "git commit -- --amend",
        "git fix --no-am",
    ],
)
def test_a_commit_that_does_not_amend_is_not_taken_for_one(line: str) -> None:
    assert says_amend(line.split(), _alias) is False


@pytest.mark.parametrize("line", ["git push --amend", "git shell", "sh -c commit", "git", ""])
def test_what_is_no_commit_tells_nothing(line: str) -> None:
    assert says_amend(line.split(), _alias) is None
