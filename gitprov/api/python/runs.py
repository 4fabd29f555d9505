"""One run as a program holds it: what it is told is added to its journal, whoever began it."""

import os
import sys
import time
from _collections_abc import Callable, Mapping

from gitprov.api.python import active
from gitprov.api.python.lines import JOURNAL, RUN, say
from gitprov.api.python.told import fault, warn
from gitprov.model import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any, ParamSpec, Self, TypeVar

    from gitprov.api.python.asked import Asked
    from gitprov.api.python.recorder import Recorder

    P = ParamSpec("P")
    R = TypeVar("R")


class Run(active.Begun):
    """A run, as a context manager and as a decorator; a decorated function is a run each time it is called.

    Inside `git prov run` it is the run under way; elsewhere it records one of its own. Where that is not possible,
    outside a repository for one, the program is warned once and everything here does nothing.
    """

    def __init__(self, asked: "Asked | None" = None) -> None:
        super().__init__()
        self._asked = asked
        self._recorder: Recorder | None = None
        self._pid = 0
        self._was_begun = False
        self._missed: set[str] = set()

    def __repr__(self) -> str:
        state = "under way" if self.is_open or self.journal else "over" if self._was_begun else "not begun"
        return f"<gitprov.Run {self.id[:7] or 'not recorded'}, {state}>"

    @classmethod
    def nowhere(cls) -> "Self":
        """Return one that records nothing, and says nothing about it."""
        run = cls()
        run._was_begun = True
        return run

    # --- telling it ---

    def log_params(self, mapping: object = None, /, **params: object) -> None:
        """Add parameters, by name. `mapping` may be nested, or what argparse returns, or a dataclass."""
        self._tell("log_params", _params, mapping, params)

    def log_metrics(self, mapping: object = None, /, *, step: "int | float | None" = None, **metrics: object) -> None:
        """Add results: numbers by name, nested ones as `val.loss`. With `step`, or told again, they are a series."""
        self._tell("log_metrics", self._points, mapping, metrics, step)

    def log_input(self, path: "str | os.PathLike[str]") -> None:
        """Add a file, directory or pattern that is read. It is hashed now: call this before it is used."""
        self._tell("log_input", _input, path)

    def log_output(self, path: "str | os.PathLike[str]") -> None:
        """Add a file, directory or pattern that is written. It is hashed when the run ends."""
        self._tell("log_output", _output, path)

    def log_figure(
        self, figure: object, path: "str | os.PathLike[str] | None" = None, **savefig_kwargs: object
    ) -> None:
        """Save a figure at `path` and add the file as an output; `figure` may be the path of one that is saved.

        What the figure's own library raises when it cannot save is not held back.
        """
        from gitprov.api.python.figures import saved

        self.log_output(saved(figure, path, savefig_kwargs))

    def log_split(self, name: str, rows: object) -> None:
        """Add a split of the data, such as "train": a table's path, a data frame, an array, or any rows or their ids.

        Of the rows only a digest is recorded; their order does not matter to it. Rows that are in another split that
        this run was told of here are warned of at once.
        """
        self._tell("log_split", self._split, name, rows)

    def log_missing(self, *what: str) -> None:
        """Add what the record will not know."""
        self._tell("log_missing", _missing, what)

    def set_tags(self, *tags: str) -> None:
        """Add names to find the run by."""
        self._tell("set_tags", _tags, tags)

    # --- being it ---

    def begin(self, *, shared: bool = False) -> None:
        """Begin, outside a `with` statement: `end` follows, at the latest when the process ends.

        `shared`: for all that the process does from here, not only in this asyncio task.
        """
        self._begin(shared=shared)
        import atexit

        atexit.register(self._end_late)

    def _begin(self, *, shared: bool = False) -> None:
        outer = active.around()
        self._pid, self._was_begun = os.getpid(), True
        journal = os.environ.get(JOURNAL, "")
        try:
            if outer is None and journal and os.path.exists(journal):
                self.id, self.journal = os.environ.get(RUN, ""), journal
            else:
                from gitprov.api.python.recorder import Recorder

                self._recorder = Recorder.begin(self._asked, active.environ(outer))
                self.id, self.journal = self._recorder.id, self._recorder.journal
        except Exception as error:  # noqa: BLE001 - nothing of ours stops the program
            warn("begin", f"nothing is recorded: {fault(error)}")
        active.enter(self, shared=shared)
        if self.journal and "IPython" in sys.modules:
            self._tell("notebook", _notebook)
        if self.journal and self._asked:
            self._ask(self._asked)

    def end(self, error: BaseException | None = None) -> "Mapping[str, Any] | None":
        """End, and record what this process began; `error` is what ended it. Returns the record, where there is one."""
        if self._pid != os.getpid() or not self.is_open:  # a forked child comes out of the same `with` statement
            return None
        active.leave(self)
        if error is not None and self.journal:
            self._tell("error", _error, error)
        recorder, self._recorder, self.journal = self._recorder, None, ""
        if recorder is None:
            return None
        try:
            return recorder.end(error)
        except Exception as bug:  # noqa: BLE001 - see begin
            warn("end", f"run {self.id[:7]} is not recorded yet: {fault(bug)}")
            return None

    def _end_late(self) -> None:
        if self.is_open:
            self.log_missing("how it ended: the process ended first")
            self.end()

    def __enter__(self) -> "Self":
        self._begin()
        return self

    def __exit__(self, _: type[BaseException] | None, error: BaseException | None, __: "TracebackType | None") -> None:
        self.end(error)

    def __call__(self, function: "Callable[P, R]") -> "Callable[P, R]":
        """Make each call of a function a run; of a generator or coroutine, each time it is worked through."""
        from gitprov.api.python.decorating import decorated

        return decorated(function, lambda: Run(self._asked))

    # --- how ---

    def _ask(self, asked: "Asked") -> None:
        if self._recorder is None:
            self._tell("run", asked.of_joined)
        if asked.params:
            self.log_params(asked.params)
        for path in asked.inputs:
            self.log_input(path)
        for path in asked.outputs:
            self.log_output(path)

    def _tell(self, what: str, line: "Callable[..., dict[str, object]]", *args: object) -> None:
        if not self.journal:
            if self.id or not self._was_begun:  # else a warning has said why nothing is recorded
                state = "over" if self._was_begun else "not begun; use it in a 'with' statement"
                warn(f"closed {what}", f"{what}: the run is {state}")
            return
        try:
            if said := line(*args):
                say(self.journal, said)
        except FileNotFoundError as error:
            gone = f"run {self.id[:7]} is over" if error.filename == self.journal else fault(error)
            warn(f"gone {what}", f"{what}: {gone}, nothing is recorded")
        except Exception as error:  # noqa: BLE001 - see begin
            self._miss(f"{what}: {fault(error)}")

    def _points(self, mapping: object, named: dict[str, object], step: object) -> dict[str, object]:
        at: dict[str, object] = {"at": round(time.time(), 3)}
        if step is not None:
            at["step"] = plain.number(step)
        points: list[object] = []
        for given in (mapping, named):
            for name, value in plain.metrics(given) if given is not None else ():
                if value is None:
                    self._miss(f"the metric {name!r} is not a number and is not recorded")
                else:
                    points.append({"name": name, "value": value, **at})
        return {"metrics": points} if points else {}

    def _split(self, name: str, rows: object) -> dict[str, object]:
        from gitprov.api.python import splitting

        line, heard = splitting.add(self.id, name, rows)
        for text in heard:
            warn(text, text)
        return line

    def _miss(self, text: str) -> None:
        """Warn of what is not recorded, and have the record say so."""
        warn(text, text)
        if text not in self._missed:
            self._missed.add(text)
            try:
                say(self.journal, _missing((text,)))
            except OSError:  # the disk is full, or the run over: whatever it was, it has been said
                return


def current_run() -> Run | None:
    """Return the run under way that calls here speak of; None where there is none."""
    found = active.innermost()
    if isinstance(found, Run):
        return found
    journal = os.environ.get(JOURNAL, "")
    if not journal or not os.path.exists(journal):
        return None
    run = Run()
    run.id, run.journal = os.environ.get(RUN, ""), journal
    return run


def _params(mapping: object, named: dict[str, object]) -> dict[str, object]:
    return {"params": {**(plain.params(mapping) if mapping is not None else {}), **plain.params(named)}}


def _input(path: "str | os.PathLike[str]") -> dict[str, object]:
    from gitprov.api.python.files import read

    return read(path)


def _output(path: "str | os.PathLike[str]") -> dict[str, object]:
    return {"outputs": [os.path.abspath(os.fsdecode(path))]}


def _notebook() -> dict[str, object]:
    from gitprov.api.python import kernel

    return kernel.line()


def _tags(tags: tuple[str, ...]) -> dict[str, object]:
    return {"tags": [plain.name(tag) for tag in tags if tag]}


def _missing(what: tuple[str, ...]) -> dict[str, object]:
    return {"missing": [plain.value(text) for text in what]} if what else {}


def _error(error: BaseException) -> dict[str, object]:
    return {"error": [plain.value(f"{type(error).__name__}: {error}".removesuffix(": "))]}
