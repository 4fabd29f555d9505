"""What a run is expected to reach: `auc >= .9`, judged against its metrics when it ends."""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

from gitprov.errors import UsageError
from gitprov.model.text import is_clean

Verdict = Literal["met", "missed", "unknown"]

_OPERATORS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
_EXPECTATION: Final = r"\s*(?P<name>[^\s<>=!]+)\s*(?P<op><=|>=|==|!=|<|>)\s*(?P<value>[^\s<>=!]+)\s*"
_NUMBER: Final = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"


class Expectation(NamedTuple):
    """A metric's name, one of `< <= > >= == !=`, and the number it is compared with."""

    name: str
    op: str
    value: int | float

    def __str__(self) -> str:
        """Return it in one spelling: `auc >= 0.9`."""
        return f"{self.name} {self.op} {self.value}"


class Judgement(NamedTuple):
    """Whether all expectations were met, and a line on each, in their order."""

    verdict: Verdict
    lines: list[str]


def parse_expectation(text: str) -> Expectation:
    """Return what `--expect` says; UsageError, which names the text, when it is no comparison with a number."""
    match = re.fullmatch(_EXPECTATION, text)
    if match is None or not is_clean(match["name"]):
        raise UsageError(
            f"{text!r} is not an expectation",
            hint="compare a metric with a number by one of < <= > >= == !=, as in 'auc >= 0.9'",
        )
    value = match["value"]
    if not re.fullmatch(_NUMBER, value):
        raise UsageError(f"{value!r} in {text!r} is not a number", hint="as in 'auc >= 0.9'")
    return Expectation(
        match["name"], match["op"], int(value) if re.fullmatch(r"[-+]?\d{1,18}", value) else float(value)
    )


def judge(expectations: Sequence[Expectation], metrics: Mapping[str, Any]) -> Judgement:
    """Judge a run by its metrics: numbers, or `NaN`, `Infinity`, `-Infinity`.

    One expectation that is missed decides; else one whose metric is not there leaves it open. NaN meets nothing but
    `!=`. Without expectations nothing is known.
    """
    verdicts = [_verdict(expectation, metrics.get(expectation.name)) for expectation in expectations]
    lines = [_line(*judged, metrics) for judged in zip(expectations, verdicts, strict=True)]
    if "missed" in verdicts:
        return Judgement("missed", lines)
    return Judgement("met" if verdicts and "unknown" not in verdicts else "unknown", lines)


def _verdict(expectation: Expectation, value: object) -> Verdict:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return "unknown"
    try:
        number = float(value) if isinstance(value, str) else value
    except ValueError:
        return "unknown"
    return "met" if _OPERATORS[expectation.op](number, expectation.value) else "missed"


def _line(expectation: Expectation, verdict: Verdict, metrics: Mapping[str, Any]) -> str:
    if expectation.name not in metrics:
        return f"{expectation}: unknown, there is no metric {expectation.name}"
    return f"{expectation}: {verdict}, it is {metrics[expectation.name]}"
