import re
from collections.abc import Mapping
from pathlib import Path

import click
import pytest

from gitprov.cli.app import COMMANDS as VERBS
from gitprov.cli.app import cli
from gitprov.cli.lazy import LazyGroup

TESTS = Path(__file__).resolve().parents[1]


def command(verb: str) -> click.Command:
    found: click.Command = cli
    for word in verb.split():
        assert isinstance(found, LazyGroup)
        below = found.get_command(click.Context(found), word)
        assert below is not None
        found = below
    return found


def commands(verb: str, targets: Mapping[str, str]) -> dict[str, str]:
    """Where each verb stands, those of verbs that have verbs of their own included."""
    found = {}
    for word, target in targets.items():
        found[path := f"{verb} {word}".lstrip()] = target
        below = command(path)
        if isinstance(below, LazyGroup):
            found |= commands(path, below.lazy)
    return found


COMMANDS = commands("", VERBS)


@pytest.mark.parametrize("verb", COMMANDS)
def test_a_verb_leads_to_a_command_of_that_name(verb: str) -> None:
    assert command(verb).name == verb.rsplit(maxsplit=1)[-1]


@pytest.mark.parametrize("verb", COMMANDS)
def test_a_verb_and_each_of_its_options_have_help(verb: str) -> None:
    found = command(verb)
    silent = [param.opts[0] for param in found.params if isinstance(param, click.Option) and not param.help]

    assert found.help
    assert silent == []


@pytest.mark.parametrize("verb", COMMANDS)
def test_a_verb_has_a_file_of_its_own(verb: str) -> None:
    assert COMMANDS[verb].partition(":")[0].split(".")[3:] == verb.replace("-", "_").split()


@pytest.mark.parametrize("verb", COMMANDS)
def test_a_verb_is_tested(verb: str) -> None:
    # the verb as an argument of a call, in any test but the guards, which know nothing of what it does
    words = r"""["'], ["']""".join(map(re.escape, verb.split()))
    said = re.compile(rf"""["']{words}["' ]""")
    tests = (path for path in TESTS.rglob("test_*.py") if "guard" not in path.relative_to(TESTS).parts)

    assert any(said.search(path.read_text()) for path in tests)


def test_an_unknown_verb_is_answered_with_the_nearest() -> None:
    with pytest.raises(click.UsageError, match="did you mean 'show'"):
        cli.main(["shwo"], standalone_mode=False)
