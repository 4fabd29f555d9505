"""`git prov run` without click, whose import alone would cost as much as all that a run does besides.

The options stand once, in `OPTIONS`: the click command for help, completion and error messages is made from them, and
`parse` reads the same ones for a command line that is in order. Whatever it does not understand is click's.
"""

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from gitprov.api.options import RunOptions
from gitprov.api.run import run_command
from gitprov.api.session import open_session
from gitprov.api.settings import TRACES
from gitprov.cli.progress import bar

if TYPE_CHECKING:
    from gitprov.model.profile import Notice

SEED_LIMIT = 2**32 - 1
"""The largest seed that Python and NumPy take."""


MOST_WARNINGS = 20
"""How many warnings are said after a run; the record has more of them."""


class Option(NamedTuple):
    """One option: its spellings, the field of `RunOptions` it fills, what follows it, and its line of help."""

    flags: tuple[str, ...]
    field: str
    metavar: str
    help: str
    many: bool = False
    kind: str = "text"
    """`text`, `seed`, `trace` or `flag`."""


OPTIONS = (
    Option(("-m", "--message"), "message", "MSG", "Why this run: kept with its record."),
    Option(("-i", "--input"), "inputs", "PATH", "A file, directory or pattern it reads.", many=True),
    Option(("-o", "--output"), "outputs", "PATH", "A file, directory or pattern it writes.", many=True),
    Option(("--seed",), "seed", "N", "Exported as GIT_PROV_SEED and PYTHONHASHSEED.", kind="seed"),
    Option(("-t", "--tag"), "tags", "TAG", "A name to find the run by.", many=True),
    Option(("--hypothesis",), "hypothesis", "TEXT", "What you think will come of it."),
    Option(("--expect",), "expect", "EXPR", "A condition on a metric: 'auc >= .9'.", many=True),
    Option(("--param",), "params", "K=V", "A parameter of the run.", many=True),
    Option(("--metrics",), "metrics", "FILE", "JSON, TOML or YAML that it writes its results to.", many=True),
    Option(("--trace",), "trace", "HOW", f"How to observe the files it touches: {', '.join(TRACES)}.", kind="trace"),
    Option(("--experiment",), "experiment", "NAME", "Go by experiments/NAME/experiment.toml; options beat it."),
    Option(("--profile",), "profiles", "PATH", "A table it reads: say how it differs from the last run's.", many=True),
    Option(("--split",), "splits", "NAME=PATH", "A split of the data, such as train=PATH.", many=True),
    Option(
        ("--keep",), "keep", "", "Keep the bytes of what it reads and makes in the store of this clone.", kind="flag"
    ),
    Option(("-v", "--verbose"), "verbose", "", "Say what was recorded even when not on a terminal.", kind="flag"),
)

_BY_FLAG = {flag: option for option in OPTIONS for flag in option.flags}


def parse(args: Sequence[str]) -> dict[str, Any] | None:
    """The fields that a command line fills, `command` among them; `None` where click must have a look at it."""
    fields: dict[str, Any] = {}
    words = list(args)
    while words and words[0].startswith("-") and words[0] != "--":
        word = words.pop(0)
        flag, value = (word[:2], word[2:]) if not word.startswith("--") and len(word) > 2 else (word, "")
        flag, equals, said = flag.partition("=")
        option = _BY_FLAG.get(flag)
        if option is None or (option.kind == "flag" and (value or equals)):
            return None
        if option.kind == "flag":
            fields[option.field] = True
            continue
        if not value and not equals and not words:
            return None
        if not _put(fields, option, value or (said if equals else words.pop(0))):
            return None
    if words[:1] == ["--"]:
        del words[0]
    return {**fields, "command": words} if words else None


def _put(fields: dict[str, Any], option: Option, value: str) -> bool:
    if option.kind == "seed":
        if not (value.isascii() and value.isdigit() and int(value) <= SEED_LIMIT):
            return False
        fields[option.field] = int(value)
    elif option.kind == "trace" and value not in TRACES:
        return False
    elif option.many:
        fields.setdefault(option.field, []).append(value)
    else:
        fields[option.field] = value
    return True


def _say(notices: "Sequence[Notice]") -> None:
    from datetime import UTC, datetime

    from gitprov.views.drift import notices as lines

    colour = sys.stderr.isatty() and "NO_COLOR" not in os.environ
    sys.stderr.write(lines(notices, now=datetime.now(UTC), colour=colour))
    sys.stderr.flush()


def execute(*, verbose: bool = False, **fields: Any) -> int:  # noqa: ANN401 - as `parse` and click give them
    """Run, and say on standard error what the person should know; the command's own status is the answer."""
    session = open_session(os.getcwd(), os.environ)
    with bar("Hashing files") as progress:
        done = run_command(session, RunOptions(**fields), progress, _say)
    for warning in done.warnings[:MOST_WARNINGS]:
        print(f"warning: {warning}", file=sys.stderr)
    if len(done.warnings) > MOST_WARNINGS:
        print(f"warning: and {len(done.warnings) - MOST_WARNINGS} more; see: git prov show @", file=sys.stderr)
    if done.bug is not None:
        from gitprov.cli.bug import tell_bug

        tell_bug(done.bug, "run")
    if done.refusal:
        print(f"fatal: {done.refusal}", file=sys.stderr)
    if done.summary and (verbose or sys.stderr.isatty()):
        print(done.summary, file=sys.stderr)
    return done.status
