"""What a program asks of a run when it begins one."""

import os
from _collections_abc import Iterable

from gitprov.api.python.told import fault, warn
from gitprov.model import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    StrPath = str | os.PathLike[str]


class Asked:
    """The arguments of `gitprov.run`."""

    def __init__(
        self,
        message: str,
        *,
        seed: int | None,
        tags: Iterable[str],
        hypothesis: str,
        expect: Iterable[str],
        params: "Mapping[str, object] | None",
        inputs: "Iterable[StrPath]",
        outputs: "Iterable[StrPath]",
        metrics: "Iterable[StrPath]",
        trace: str | None,
    ) -> None:
        self.message = str(message)
        self.seed = seed
        self.tags = [str(tag) for tag in _many(tags)]
        self.hypothesis = str(hypothesis)
        self.expect = [str(text) for text in _many(expect)]
        self.params = params
        self.inputs = _many(inputs)
        self.outputs = _many(outputs)
        self.metrics = [os.path.abspath(os.fsdecode(path)) for path in _many(metrics)]
        self.trace = trace

    def expectations(self) -> list[str]:
        """Return the expectations that can be judged; the program is warned of the others."""
        return [text for text in self.expect if _can_be_judged(text)]

    def of_joined(self) -> dict[str, object]:
        """Return the line that asks it of a run that somebody else has begun; empty where there is nothing to ask."""
        words = {"message": self.message, "hypothesis": self.hypothesis, "expect": self.expectations()}
        asked: dict[str, object] = {name: plain.value(said) for name, said in words.items() if said}
        if self.seed is not None:
            asked["seed"] = plain.value(self.seed)
        if self.metrics:
            asked["metrics"] = {path: _stat(path) for path in self.metrics}
        tags: dict[str, object] = {"tags": [plain.name(tag) for tag in self.tags]} if self.tags else {}
        return {**tags, **({"asked": [asked]} if asked else {})}


def _can_be_judged(expectation: str) -> bool:
    from gitprov.capture.intent import parse_expectation
    from gitprov.errors import UsageError

    try:
        parse_expectation(expectation)
    except UsageError as error:
        warn(expectation, fault(error))
        return False
    return True


def _many(given: "Iterable[StrPath]") -> "list[StrPath]":
    """Return what was given as a list; one text alone is one thing, not its letters."""
    return [given] if isinstance(given, str | os.PathLike) else list(given)


def _stat(path: str) -> list[object] | None:
    """Return what tells whether a file was written since, as `api.draft.file_stat` has it."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return [found.st_ino, found.st_size, found.st_mtime_ns]
