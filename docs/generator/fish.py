"""Completion for fish. Its own completion of git asks for `git-prov` when it meets `git prov`."""

from collections.abc import Iterable

from generator.commands import Command, Option, Program
from generator.prose import NOTICE


def script(program: Program) -> str:
    """Return the text of `git-prov.fish`."""
    lines = [_HEAD.replace("@NOTICE@", NOTICE)]
    for command in program.every:
        condition = f"__git_prov_stands_{'at' if command.verbs else 'behind'} {command.verb}".rstrip()
        lines += _options(command, condition)
        offered = _offered(condition)
        lines += [f"{offered} {verb.word} -d {_quoted(verb.summary)}" for verb in program.below(command)]
        if command.choices:
            lines.append(f"{offered} {_quoted(' '.join(command.choices))}")
    return "\n".join(lines) + "\n"


def _offered(condition: str) -> str:
    return f"complete -c git-prov -n {_quoted(condition)} -f -a"


def _options(command: Command, condition: str) -> Iterable[str]:
    for option in command.options:
        yield f"complete -c git-prov -n {_quoted(condition)} {_names(option)}{_value(option)} -d {_quoted(option.help)}"


def _names(option: Option) -> str:
    return " ".join(f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in option.names)


def _value(option: Option) -> str:
    if option.choices:
        return f" -x -a {_quoted(' '.join(option.choices))}"
    if option.metavar:
        return " -r" if option.takes_path else " -x"
    return ""


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", r"\\").replace("'", r"\'") + "'"


_HEAD = """\
# @NOTICE@

# The words on the command line that are no options; none behind `--`, where another command begins.
function __git_prov_words
    set -l tokens (commandline -opc)
    set -e tokens[1]
    contains -- -- $tokens
    and return 1
    string match -v -- '-*' $tokens
    return 0
end

# Whether the words are just $argv: a verb that has verbs of its own, or none yet.
function __git_prov_stands_at
    set -l words (__git_prov_words)
    and test "$words" = "$argv"
end

# Whether the first of the words are $argv: a verb and its arguments.
function __git_prov_stands_behind
    set -l words (__git_prov_words)
    or return 1
    set -l many (count $argv)
    test (count $words) -ge $many
    and test "$words[1..$many]" = "$argv"
end
"""
