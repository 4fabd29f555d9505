"""The CLI reference of the documentation site."""

from collections.abc import Iterable

from generator.commands import Command, Option, Program
from generator.prose import CHILD_STATUS, NOTICE, Block


def page(program: Program) -> str:
    """Return `docs/reference/cli.md`."""
    lines = [f"<!-- {NOTICE} -->", "", "# Commands", ""]
    lines += [*_body(program.itself), *_listed(program, program.itself)]
    lines += ["What the exit statuses mean: [Exit status](exit-status.md).", ""]
    for verb in program.verbs:
        heading = "#" * (2 + verb.verb.count(" "))
        lines += [f"{heading} {verb.name}", "", *_body(verb), *_listed(program, verb)]
        if verb.wraps_command:
            lines += [CHILD_STATUS, ""]
    return "\n".join(lines)


def _listed(program: Program, group: Command) -> Iterable[str]:
    """The verbs of a group as a table."""
    if group.verbs:
        yield from ("| command | does |", "| --- | --- |")
        yield from (f"| [`{verb.name}`](#{_anchor(verb)}) | {verb.summary} |" for verb in program.below(group))
        yield ""


def _body(command: Command) -> Iterable[str]:
    yield from ("```text", f"{command.name} {command.usage}".rstrip(), "```", "")
    for block in command.description:
        yield from (*_block(block), "")
    yield from (f"- `{_option(option)}`: {option.help}" for option in command.options)
    yield ""


def _block(block: Block) -> Iterable[str]:
    return ("```text", block.text, "```") if block.literal else (block.text,)


def _option(option: Option) -> str:
    return f"{', '.join(option.names)} {option.metavar}".rstrip()


def _anchor(command: Command) -> str:
    return command.name.replace(" ", "-")
