"""Completion for fish. Its own completion of git asks for `git-prov` when it meets `git prov`."""

from collections.abc import Iterable

from generator.commands import Command, Option, Program
from generator.prose import NOTICE


def script(program: Program) -> str:
    """Return the text of `git-prov.fish`."""
    lines = [_HEAD.replace("@NOTICE@", NOTICE)]
    lines += _options(program.itself, "__git_prov_verb_is")
    for verb in program.verbs:
        lines.append(f"complete -c git-prov -n __git_prov_verb_is -f -a {verb.verb} -d {_quoted(verb.summary)}")
    for verb in program.verbs:
        condition = f"__git_prov_verb_is {verb.verb}"
        lines += _options(verb, condition)
        if verb.choices:
            lines.append(f"complete -c git-prov -n {_quoted(condition)} -f -a {_quoted(' '.join(verb.choices))}")
    return "\n".join(lines) + "\n"


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

# Whether the verb on the command line is $argv[1]; without an argument, whether there is none yet.
function __git_prov_verb_is
    set -l tokens (commandline -opc)
    set -e tokens[1]
    contains -- -- $tokens
    and return 1
    for token in $tokens
        string match -q -- '-*' $token
        and continue
        test "$token" = "$argv[1]"
        return
    end
    test -z "$argv[1]"
end
"""
