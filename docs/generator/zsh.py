"""Completion for zsh: `_git-prov`, which zsh's own completion of git calls, and which serves `git-prov` as well."""

from collections.abc import Iterable

from generator.commands import Command, Option, Program
from generator.prose import NOTICE


def script(program: Program) -> str:
    """Return the text of the file `_git-prov`; its second line is what zsh shows for `git <TAB>`."""
    lines = [
        "#compdef git-prov",
        f"#description {program.itself.summary}",
        f"# {NOTICE}",
        "",
    ]
    for group in reversed(program.groups):
        lines += _function(program, group)
    lines += ['_git-prov "$@"', ""]
    return "\n".join(lines)


def _function(program: Program, group: Command) -> Iterable[str]:
    """What completes behind a group: one of its verbs, or the arguments of that verb."""
    yield from (f"_{group.page} () {{", '  local curcontext="$curcontext" state line ret=1', "  local -A opt_args")
    yield from ("  local -a verbs", "  verbs=(")
    yield from (f"    {_quoted(f'{verb.word}:{verb.summary}')}" for verb in program.below(group))
    yield "  )"
    yield from _arguments("  ", "-C", [*_options(group), "1: :->verb", "*:: :->arguments"])
    yield from (
        "  case $state in",
        "    (verb)",
        f"      _describe -t commands '{group.name} command' verbs && ret=0",
        "      ;;",
        "    (arguments)",
        f'      curcontext="${{curcontext%:*:*}}:{group.page}-$words[1]:"',
        "      case $words[1] in",
    )
    for verb in program.below(group):
        yield f"        ({verb.word})"
        if verb.verbs:
            yield f"          _{verb.page} && ret=0"
        else:
            yield from _arguments("          ", "-s -S", _verb(verb))
        yield "          ;;"
    yield from ("        (*) _files && ret=0 ;;", "      esac", "      ;;", "  esac", "  return ret", "}", "")


def _arguments(indent: str, flags: str, specs: Iterable[str]) -> Iterable[str]:
    yield f"{indent}_arguments {flags} : \\"
    yield from (f"{indent}  {_quoted(spec)} \\" for spec in specs)
    yield f"{indent}  && ret=0"


def _verb(command: Command) -> Iterable[str]:
    yield from _options(command)
    if command.wraps_command:
        yield from ("(-):command: _command_names -e", "*::arguments: _normal")
    elif command.choices:
        yield f"*:argument:({' '.join(command.choices)})"
    else:
        yield "*:file:_files"


def _options(command: Command) -> Iterable[str]:
    for option in command.options:
        for name in option.names:
            yield _repetition(option) + name + _value(option, long=name.startswith("--"))


def _repetition(option: Option) -> str:
    return "*" if option.repeatable else f"({' '.join(option.names)})"


def _value(option: Option, *, long: bool) -> str:
    said = option.help.translate(_IN_BRACKETS)
    if not option.metavar:
        return f"[{said}]"
    action = f"({' '.join(option.choices)})" if option.choices else "_files" if option.takes_path else " "
    metavar = option.metavar.replace(":", r"\:")
    return f"{'=' if long else '+'}[{said}]:{metavar}:{action}"


_IN_BRACKETS = str.maketrans({"[": r"\[", "]": r"\]", "\\": r"\\"})


def _quoted(text: str) -> str:
    return "'" + text.replace("'", r"'\''") + "'"
