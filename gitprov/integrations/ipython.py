"""Runs in notebooks: `%load_ext gitprov`, then `%prov start` and `%prov stop`, or `%%prov` for one cell."""

import ast
import getopt
import importlib
import shlex
from collections.abc import Sequence
from typing import Any, NoReturn

from gitprov.api.python import face, kernel
from gitprov.api.python.runs import Run
from gitprov.model.ids import ABBREV

_OPTIONS = ("message=", "tag=", "seed=", "hypothesis=", "expect=")
_USAGE = "%prov start [-m MSG] [--tag T] [--seed N], %prov stop, %prov status, or %%prov [-m MSG] above a cell"


def load_ipython_extension(shell: Any) -> None:  # noqa: ANN401 - IPython's shell
    """Answer `%load_ext gitprov`."""
    shell.register_magic_function(Magics(shell).prov, "line_cell", "prov")


def unload_ipython_extension(shell: Any) -> None:  # noqa: ANN401 - IPython's shell
    """Answer `%unload_ext gitprov`. A run that was started goes on."""
    for kind in ("line", "cell"):
        shell.magics_manager.magics[kind].pop("prov", None)


class Magics:
    """The magic `prov` of one shell, and the run that it has started."""

    def __init__(self, shell: Any) -> None:  # noqa: ANN401 - IPython's shell
        self._shell = shell
        self._run: Run | None = None
        self._first = 0

    def prov(self, line: str, cell: str | None = None) -> object:
        """Record what cells do as a run.

        %prov start [-m MSG] [-t TAG] [--seed N]: what runs from here on belongs to a run.
        %prov stop: that run ends, and is recorded.
        %prov status: say which run is under way.
        %%prov [-m MSG] [-t TAG] [--seed N]: the cell is a run.
        """
        asked = _parse(line)
        if cell is not None:
            if asked.pop("do"):
                _refuse("%%prov takes no word: the cell is the run")
            return self._cell(asked, cell)
        doing = {"": self._status, "status": self._status, "start": self._start, "stop": self._stop}
        do = doing.get(asked.pop("do"))
        if do is None:
            _refuse(f"use: {_USAGE}")
        do(asked)
        return None

    def _start(self, asked: dict[str, Any]) -> None:
        if self._run and self._run.is_open:
            _refuse(f"run {self._run.id[:ABBREV]} is under way: %prov stop")
        run = face.run(**asked)
        run.begin(shared=True)
        self._run = run if run.journal else None
        self._first = len(self._cells())
        if self._run:
            _say(f"run {run.id[:ABBREV]} is under way; it ends with: %prov stop")
        else:
            run.end()

    def _stop(self, _: dict[str, Any]) -> None:
        run, self._run = self._run, None
        if run is None or not run.is_open:
            _refuse("no run is under way: %prov start")
        run.log_missing(*_unsaved(self._cells()[self._first : -1]))
        _end(run)

    def _status(self, _: dict[str, Any]) -> None:
        run = face.current_run()
        _say(f"run {run.id[:ABBREV]} is under way" if run and run.id else f"no run is under way; {_USAGE}")

    def _cell(self, asked: dict[str, Any], cell: str) -> object:
        run = face.run(**asked)
        run.begin(shared=True)
        try:
            result = self._execute(cell)
        except BaseException as error:
            _end(run, error)
            raise
        _end(run)
        return result

    def _execute(self, cell: str) -> object:
        """Execute a cell as IPython does, and return what its last line is worth; what it raises comes through."""
        shell = self._shell
        source = shell.transform_cell(cell)
        name = shell.compile.cache(source)  # tracebacks show its lines
        tree = shell.transform_ast(shell.compile.ast_parse(source, name))
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, name, "exec"), shell.user_ns)  # noqa: S102 - it is what a notebook is for
        if last is None:
            return None
        value = eval(compile(ast.Expression(last.value), name, "eval"), shell.user_ns)  # noqa: S307 - the same
        return None if source.rstrip().endswith(";") else value

    def _cells(self) -> list[str]:
        return list(self._shell.history_manager.input_hist_raw)


def _end(run: Run, error: BaseException | None = None) -> None:
    record = run.end(error)
    if record:
        _say(f"run {run.id[:ABBREV]} {record['status']}; see: git prov show {run.id[:ABBREV]}")


def _unsaved(executed: Sequence[str]) -> list[str]:
    """Say whether cells have run that the notebook's file does not have."""
    from gitprov.capture.notebook import cells

    path = kernel.notebook()
    saved = cells(path) if path else None
    if saved is None:
        return []
    known = {cell.source.strip() for cell in saved}
    missing = [source for source in executed if source.strip() and source.strip() not in known]
    return [f"{len(missing)} of the cells that ran: the notebook was not saved with them"] if missing else []


def _parse(line: str) -> dict[str, Any]:
    """Return the arguments of `face.run` that a line gives, and its word as `do`.

    Not with argparse: what a run's process parses with that is taken for the run's parameters.
    """
    asked: dict[str, Any] = {"do": "", "tags": [], "expect": []}
    try:
        found, words = getopt.gnu_getopt(shlex.split(line), "m:t:", _OPTIONS)
        for name, value in found:
            match name:
                case "-t" | "--tag":
                    asked["tags"].append(value)
                case "--expect":
                    asked["expect"].append(value)
                case "--seed":
                    asked["seed"] = int(value)
                case "-m" | "--message":
                    asked["message"] = value
                case _:
                    asked["hypothesis"] = value
    except (getopt.GetoptError, ValueError) as error:
        _refuse(f"{error}. Use: {_USAGE}")
    if len(words) > 1:
        _refuse(f"quote a value that has spaces. Use: {_USAGE}")
    return {**asked, "do": "".join(words)}


def _refuse(text: str) -> NoReturn:
    raise importlib.import_module("IPython.core.error").UsageError(text)  # shown without a traceback


def _say(text: str) -> None:
    print(f"[git prov] {text}")  # noqa: T201 - a magic answers below its cell
