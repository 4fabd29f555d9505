import pytest

from gitprov.hooks.parent import says_dry_run


def _no_alias(_: str) -> str:
    return ""


@pytest.mark.parametrize(
    "line",
    [
        "git push --dry-run",
        "git push -n",
        "git push -fn origin main",
        "git push origin main --dry-run",
        "git push --dry-r",
        "git -C somewhere -c a.b=push push -nq",
        "git --git-dir .git push -n",
        "/usr/lib/git-core/git-push --dry-run",
        "git push -o ci.skip -n",
        "git push --no-dry-run --dry-run",
    ],
)
def test_a_rehearsal_is_seen_in_the_command_line(line: str) -> None:
    assert says_dry_run(line.split(), _no_alias) is True


@pytest.mark.parametrize(
    "line",
    [
        "git push",
        "git push origin main",
        "git push --dry-run --no-dry-run",
        "git push -on origin",
        "git push -o n",
        "git push -o -n",
        "git push --push-option --dry-run",
        "git push -- -n",
        "git push --no-verify --follow-tags",
        "git push --delete origin x",
    ],
)
def test_a_push_that_means_it_is_not_taken_for_a_rehearsal(line: str) -> None:
    assert says_dry_run(line.split(), _no_alias) is False


@pytest.mark.parametrize("line", ["sh hooks/pre-push origin url", "git", "git commit -n", "git -C push", "py push -n"])
def test_other_commands_say_nothing_about_a_push(line: str) -> None:
    assert says_dry_run(line.split(), _no_alias) is None


def test_no_command_line_says_nothing() -> None:
    assert says_dry_run([], _no_alias) is None


def test_aliases_are_spelled_out() -> None:
    aliases = {"p": "push --quiet", "try": "p -n", "loop": "loop", "shell": "!git push -n"}
    meaning = aliases.get
    assert says_dry_run(["git", "try"], lambda verb: meaning(verb, "")) is True
    assert says_dry_run(["git", "p", "-n"], lambda verb: meaning(verb, "")) is True
    assert says_dry_run(["git", "p"], lambda verb: meaning(verb, "")) is False
    assert says_dry_run(["git", "loop"], lambda verb: meaning(verb, "")) is None
    assert says_dry_run(["git", "shell"], lambda verb: meaning(verb, "")) is None
