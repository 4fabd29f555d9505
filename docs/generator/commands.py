"""What there is to document: the commands as click defines them, read into plain values once."""

from typing import NamedTuple

import click

from generator.prose import Block, blocks

_PATHS = ("DIR", "FILE", "PATH")
"""What a path is called in usage lines, where it is taken as the plain text that the user typed."""


class Option(NamedTuple):
    """An option: `names` as typed (`-m`, `--message`), and, unless it is a flag, the `metavar` of its value."""

    names: tuple[str, ...]
    metavar: str
    help: str
    choices: tuple[str, ...]
    repeatable: bool
    takes_path: bool

    @property
    def long(self) -> tuple[str, ...]:
        """The names that completion offers: the long ones, or all where there is no long one."""
        return tuple(name for name in self.names if name.startswith("--")) or self.names


class Command(NamedTuple):
    """A verb, or the program itself: `usage` is what follows its name, `summary` one line of prose.

    `verb` is "" for the program; a verb of a verb has both, as in `data add`. `verbs` are the last words of its own.
    """

    verb: str
    usage: str
    summary: str
    description: tuple[Block, ...]
    options: tuple[Option, ...]
    choices: tuple[str, ...]
    wraps_command: bool
    verbs: tuple[str, ...] = ()

    @property
    def word(self) -> str:
        """The last word of how it is typed: `add`."""
        return self.verb.rpartition(" ")[2]

    @property
    def name(self) -> str:
        """How it is typed: `git prov run`."""
        return f"git prov {self.verb}".rstrip()

    @property
    def page(self) -> str:
        """The name of its man page: `git-prov-run`."""
        return self.name.replace(" ", "-")

    @property
    def sentence(self) -> str:
        """The summary as a sentence."""
        return f"{self.summary[:1].upper()}{self.summary[1:]}."


class Program(NamedTuple):
    """`git prov` and its verbs, in the order in which the groups list them; verbs of a verb follow it."""

    itself: Command
    verbs: tuple[Command, ...]

    @property
    def every(self) -> tuple[Command, ...]:
        """The program and all its verbs."""
        return (self.itself, *self.verbs)

    @property
    def groups(self) -> tuple[Command, ...]:
        """Those of `every` that have verbs of their own."""
        return tuple(command for command in self.every if command.verbs)

    def below(self, group: Command) -> tuple[Command, ...]:
        """The verbs of a group."""
        wanted = {f"{group.verb} {word}".lstrip() for word in group.verbs}
        return tuple(verb for verb in self.verbs if verb.verb in wanted)

    def above(self, command: Command) -> Command:
        """The group a verb is one of; the program is its own."""
        group = command.verb.rpartition(" ")[0]
        return next(one for one in self.every if one.verb == group)


def read(group: click.Group) -> Program:
    """Read the visible commands of `group`, and of the groups in it."""
    itself, *verbs = _read("", group, click.Context(group, info_name="git prov", **group.context_settings))
    return Program(itself, tuple(verbs))


def _read(verb: str, command: click.Command, context: click.Context) -> list[Command]:
    """Return a command and, where it is a group, all below it."""
    below: list[Command] = []
    words = []
    if isinstance(command, click.Group):
        for word in command.list_commands(context):
            child = command.get_command(context, word)
            if child is not None and not child.hidden:
                words.append(word)
                below += _read(f"{verb} {word}".lstrip(), child, _context(word, child, context))
    return [_command(verb, command, context)._replace(verbs=tuple(words)), *below]


def _context(word: str, command: click.Command, parent: click.Context) -> click.Context:
    return click.Context(command, parent, info_name=word, **command.context_settings)


def _command(verb: str, command: click.Command, context: click.Context) -> Command:
    arguments = [param for param in command.params if isinstance(param, click.Argument)]
    options = [param for param in command.get_params(context) if isinstance(param, click.Option)]
    return Command(
        verb=verb,
        usage=" ".join(command.collect_usage_pieces(context)),
        summary=_summary(command),
        description=blocks(command.help or ""),
        options=tuple(_option(option, context) for option in options if not option.hidden),
        choices=tuple(choice for argument in arguments for choice in _choices(argument)),
        wraps_command=any("CMD" in argument.make_metavar(context) for argument in arguments),
    )


def _summary(command: click.Command) -> str:
    # as a man page and a shell's list of verbs say it: no full stop, no line breaks, never cut off
    said = command.short_help or (command.help or "").split("\n\n", 1)[0]
    summary = " ".join(said.split()).rstrip(".")
    return summary[:1].lower() + summary[1:] if summary[1:2].islower() else summary


def _option(option: click.Option, context: click.Context) -> Option:
    record = option.get_help_record(context)
    takes_value = not (option.is_flag or option.count)
    return Option(
        names=tuple(sorted((*option.opts, *option.secondary_opts), key=lambda name: name.startswith("--"))),
        metavar=option.make_metavar(context) if takes_value else "",
        help=" ".join(record[1].split()) if record else "",
        choices=_choices(option),
        repeatable=option.multiple or option.count,
        takes_path=isinstance(option.type, (click.Path, click.File)) or option.metavar in _PATHS,
    )


def _choices(param: click.Parameter) -> tuple[str, ...]:
    return tuple(map(str, param.type.choices)) if isinstance(param.type, click.Choice) else ()
