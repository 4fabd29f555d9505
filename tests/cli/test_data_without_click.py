"""What is read without click is what click would have read."""

from functools import partial
from typing import Any

import click
import pytest

from gitprov.cli import data
from gitprov.cli.app import cli
from gitprov.cli.commands.data.add import add
from gitprov.cli.commands.data.status import status

COMMANDS = {"add": add, "status": status}
IN_ORDER = [
    ["add", "a"],
    ["add", "a", "b c", "é", "./-d"],
    ["add", "--no-keep", "a"],
    ["add", "a", "--no-keep", "--keep", "b"],
    ["add", "--keep", "--no-keep", "a"],
    ["add", "--profile", "--json", "a"],
    ["status"],
    ["status", "a", "--json", "b"],
]
LEFT_TO_CLICK = [
    [],
    ["ls"],
    ["add"],
    ["add", "--json"],
    ["add", ""],
    ["add", "-h"],
    ["add", "a", "--help"],
    ["add", "--", "-a"],
    ["add", "--owner", "The lab", "a"],
    ["add", "--owner=The lab", "a"],
    ["add", "--scheduler", "tcp://host:1", "a"],
    ["add", "--nokeep", "a"],
    ["add", "-"],
    ["status", "--profile"],
    ["status", "--jso"],
    ["--help"],
]


def params(verb: str, args: list[str]) -> dict[str, Any]:
    """Return what click makes of the arguments of a verb below `git prov data`."""
    parent = click.Context(cli, info_name="git prov", **cli.context_settings)  # a command keeps its first help option
    return COMMANDS[verb].make_context(verb, args, parent).params


@pytest.mark.parametrize("args", IN_ORDER, ids=" ".join)
def test_a_command_line_in_order_is_read_as_click_reads_it(args: list[str]) -> None:
    carry_out = data.parse(args)

    assert isinstance(carry_out, partial)
    assert carry_out.func is {"add": data.add, "status": data.status}[args[0]]
    said = {**carry_out.keywords, "paths": carry_out.args[0]}
    assert {**params(args[0], ["path"]), **said} == params(args[0], args[1:])


@pytest.mark.parametrize("args", LEFT_TO_CLICK, ids=" ".join)
def test_everything_else_is_left_to_click(args: list[str]) -> None:
    assert data.parse(args) is None


def test_what_is_not_said_is_the_same_without_click() -> None:
    for own, verb in ((data.add, "add"), (data.status, "status")):
        defaults = own.__kwdefaults__ or {}

        assert defaults
        assert params(verb, ["path"]).items() >= defaults.items()


def test_every_flag_is_one_of_the_commands() -> None:
    for verb, flags in data._FLAGS.items():
        options = [one for one in COMMANDS[verb].params if isinstance(one, click.Option) and one.is_flag]
        known = {word: one.name for one in options for word in (*one.opts, *one.secondary_opts)}

        assert {word: said[0] for word, said in flags.items()}.items() <= known.items()
