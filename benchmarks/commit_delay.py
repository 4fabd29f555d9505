"""What hooks add to a commit that has nothing to do with results: `python -m benchmarks.commit_delay`."""

import argparse
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Bench, Case, Table, bench, milliseconds, report

_RULES = """[rules.results-need-run]
level = "block"
paths = ["results/**"]

[rules.locked-environment]
level = "warn"
paths = ["results/**", "models/"]
"""
_COMMIT = ("sh", "-c", "echo x >> notes.md && git commit -q -a -m x")
_ALONE = "git commit, no hooks"
_NO_HOOK = "pre-commit, no hook"
_HOOKS = {_NO_HOOK: "", "pre-commit, python -c pass": "python -c pass", "pre-commit, ours": "git-prov hook check"}
_CONFIG = """repos:
  - repo: local
    hooks: [{{id: x, name: x, language: system, entry: {entry}, always_run: true}}]
"""


def main() -> None:
    """Time all cases, taking turns, and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=41, help="times each command is timed (default: 41)")
    options = parser.parse_args()
    with bench() as place:
        taken = place.interleaved([*_plain(place), *_by_framework(place)], options.repeats)
    base = {name: milliseconds(taken[_NO_HOOK if name in _HOOKS else _ALONE]) for name in taken}
    rows: list[list[str | float]] = []
    for name, seconds in taken.items():
        middle, low, high = milliseconds(seconds)
        more = f"{middle - base[name][0]:+.1f}" if name not in (_ALONE, _NO_HOOK) and "commit" in name else ""
        rows.append([name, middle, low, high, min(seconds) * 1e3, more])
    columns = ("command", "median ms", "lower quartile", "upper quartile", "least", "beyond no hooks")
    title = f"A commit that is no rule's concern, {options.repeats} interleaved repeats"
    report("commit_delay", [Table(title, columns, rows)], {"seconds": taken})


def _plain(place: Bench) -> Iterator[Case]:
    """Commits under git's own hooks, and for scale the start of Python and of a linter."""
    bare = _repository(place, "bare")
    yield Case("python -c pass", [sys.executable, "-c", "pass"], bare)
    if ruff := shutil.which("ruff", path=str(Path(sys.executable).parent)):
        yield Case("ruff check --no-cache, one file", [ruff, "check", "--no-cache", "-q", "train.py"], bare)
    yield Case(_ALONE, _COMMIT, bare)
    yield Case("git commit, hooks, no rules", _COMMIT, _repository(place, "no-rules", set_up=True))
    yield Case("git commit, hooks and rules", _COMMIT, _repository(place, "rules", _RULES, set_up=True))


def _by_framework(place: Bench) -> Iterator[Case]:
    """The same rules asked by pre-commit, where it is installed beside this Python."""
    program = shutil.which("pre-commit", path=str(Path(sys.executable).parent))
    for number, (name, entry) in enumerate(_HOOKS.items() if program else ()):
        repository = _repository(place, f"framework-{number}", _RULES)
        config = place.root / f"framework-{number}.yaml"
        config.write_text(_CONFIG.format(entry=entry) if entry else "repos: []\n")
        (repository / "notes.md").write_text("staged\n")
        place.run("git", "add", "notes.md", cwd=repository)
        yield Case(name, [str(program), "run", "-c", config], repository)


def _repository(place: Bench, name: str, rules: str = "", *, set_up: bool = False) -> Path:
    """Make a repository of two commits, so that what HEAD has brought can be told."""
    path = place.repository(name, rules=rules, set_up=set_up)
    (path / "notes.md").touch()
    place.run("git", "add", ".", cwd=path)
    place.run("git", "commit", "-q", "-m", "Go on", cwd=path)
    return path


if __name__ == "__main__":
    main()
