"""Man pages, one a command. `git prov --help` makes git open `git-prov`, `git help git-prov-run` that of a verb."""

from collections.abc import Iterable

from generator.commands import Command, Option, Program
from generator.prose import CHILD_STATUS, EXIT_STATUS, NOTICE, Block


def pages(program: Program) -> dict[str, str]:
    """Return every page's file name and its text."""
    return {f"{command.page}.1": _page(command, program) for command in program.every}


def _page(command: Command, program: Program) -> str:
    lines = [
        rf".\" {NOTICE}",
        f'.TH "{_plain(command.page.upper())}" "1" "" "git prov" "git prov manual"',
        ".nh",  # no hyphenation: commands are copied from here
        ".ad l",
        *_section("NAME", [rf"{_plain(command.page)} \- {_plain(command.summary)}"]),
        *_section("SYNOPSIS", [rf"\fB{_plain(command.name)}\fR {_plain(command.usage)}"]),
        *_section("DESCRIPTION", _description(command.description)),
        *_section("OPTIONS", _tagged((_option(option), option.help) for option in command.options)),
    ]
    listed = ((rf"\fB{_plain(verb.name)}\fR", verb.sentence) for verb in program.below(command))
    lines += _section("COMMANDS", _tagged(listed))
    lines += _section("EXIT STATUS", _exit_status(command))
    lines += _section("SEE ALSO", [_see_also(command, program)])
    return "\n".join(lines) + "\n"


def _section(title: str, lines: Iterable[str]) -> list[str]:
    body = list(lines)
    return [f".SH {title}", *body] if body else []


def _description(description: Iterable[Block]) -> Iterable[str]:
    for number, block in enumerate(description):
        if number:
            yield ".PP"
        if block.literal:
            yield from (".RS 4", ".nf", *map(_line, block.text.split("\n")), ".fi", ".RE")
        else:
            yield _line(block.text)


def _tagged(entries: Iterable[tuple[str, str]]) -> Iterable[str]:
    for tag, text in entries:
        yield from (".TP", tag, _line(text))


def _option(option: Option) -> str:
    names = ", ".join(rf"\fB{_plain(name)}\fR" for name in option.names)
    return rf"{names} \fI{_plain(option.metavar)}\fR" if option.metavar else names


def _exit_status(command: Command) -> Iterable[str]:
    if command.wraps_command:
        yield from (_line(CHILD_STATUS), ".PP", _line("Without it:"))
    yield from _tagged((rf"\fB{status.value}\fR", text) for status, text in EXIT_STATUS.items())


def _see_also(command: Command, program: Program) -> str:
    others = dict.fromkeys([program.itself, program.above(command), *program.below(command)])
    pages = ["git", *(other.page for other in others if other is not command)]
    return ",\n".join(rf"\fB{_plain(page)}\fR(1)" for page in pages)


def _line(text: str) -> str:
    """Escape a line of prose; what stands between backticks is set in bold, as commands are."""
    parts = text.split("`")
    if len(parts) % 2 == 0:  # a backtick without its fellow is one that is meant
        return _guarded(_plain(text))
    return _guarded("".join(rf"\fB{_plain(part)}\fR" if odd % 2 else _plain(part) for odd, part in enumerate(parts)))


def _guarded(line: str) -> str:
    # a line that begins with a full stop would be a request
    return rf"\&{line}" if line.startswith(".") else line


# Characters that roff takes for its own, or typesets as another one than can be typed into a shell.
_ROFF = str.maketrans({"\\": r"\e", "-": r"\-", "'": r"\(aq", "`": r"\(ga", "^": r"\(ha", "~": r"\(ti", '"': r"\(dq"})


def _plain(text: str) -> str:
    return text.translate(_ROFF)
