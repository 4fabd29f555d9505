import re
from pathlib import Path

import click
import pytest

from gitprov.cli.app import COMMANDS, cli

TESTS = Path(__file__).resolve().parents[1]


def command(verb: str) -> click.Command:
    found = cli.get_command(click.Context(cli), verb)
    assert found is not None
    return found


@pytest.mark.parametrize("verb", COMMANDS)
def test_a_verb_leads_to_a_command_of_that_name(verb: str) -> None:
    assert command(verb).name == verb


@pytest.mark.parametrize("verb", COMMANDS)
def test_a_verb_and_each_of_its_options_have_help(verb: str) -> None:
    found = command(verb)
    silent = [param.opts[0] for param in found.params if isinstance(param, click.Option) and not param.help]

    assert found.help
    assert silent == []


@pytest.mark.parametrize("verb", COMMANDS)
def test_a_verb_has_a_file_of_its_own(verb: str) -> None:
    assert COMMANDS[verb].partition(":")[0].split(".")[-1] == verb.replace("-", "_")


@pytest.mark.parametrize("verb", COMMANDS)
def test_a_verb_is_tested(verb: str) -> None:
    # the verb as an argument of a call, in any test but the guards, which know nothing of what it does
    said = re.compile(rf"""["']{re.escape(verb)}["' ]""")
    tests = (path for path in TESTS.rglob("test_*.py") if "guard" not in path.relative_to(TESTS).parts)

    assert any(said.search(path.read_text()) for path in tests)


def test_an_unknown_verb_is_answered_with_the_nearest() -> None:
    with pytest.raises(click.UsageError, match="did you mean 'show'"):
        cli.main(["shwo"], standalone_mode=False)
