"""How far a number may be from what it was: stated by flag or file, or taken from runs recorded before.

`docs/reproduce-verdicts.md` says the same in words for users.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from math import isfinite, isnan, ulp
from typing import Final, NamedTuple

from gitprov.errors import ConfigError, ProvError, UsageError
from gitprov.index.compare import is_number
from gitprov.model.text import single_line

Number = int | float
DEFAULT_NAME: Final = "default"
"""The name under which the tolerance of everything else is given."""
_BITS: Final = 1000  # integers beyond every float are equal or not
_EXAMPLES: Final = "for example: accuracy=abs:0.01, loss=rel:1e-6, 'val/*=2%', fit_seconds=any"
_FORM: Final = re.compile(r"(?:(abs|rel):)?([0-9.]+(?:[eE][+-]?[0-9]+)?)(%)?")


class Tolerance(NamedTuple):
    """What is allowed: an absolute difference, or one relative to the recorded value, the larger of them; or any."""

    absolute: float = 0.0
    relative: float = 0.0
    is_any: bool = False

    @property
    def words(self) -> str:
        """How flags and records write it: `abs:0.01`, `rel:1e-09`, `abs:0.01,rel:0.001`, `any`, `exact`."""
        if self.is_any:
            return "any"
        parts = (("abs", self.absolute), ("rel", self.relative))
        return ",".join(f"{name}:{value:g}" for name, value in parts if value) or "exact"

    def allows(self, before: Number, after: Number) -> bool:
        """Tell whether two finite numbers are near enough; the last bit of a decimal fraction never decides."""
        if self.is_any or before == after:
            return True
        allowed = max(self.absolute, self.relative * abs(before))
        slack = ulp(float(max(abs(before), abs(after))))
        return abs(after - before) <= allowed + (slack if allowed > slack else 0)


EXACT: Final = Tolerance()
ANY: Final = Tolerance(is_any=True)
DEFAULT: Final = Tolerance(relative=1e-9)
"""What holds where nothing is said: room for another order of summation, not for another result."""


class Spread(NamedTuple):
    """The range of a metric over several recorded runs."""

    low: Number
    high: Number
    runs: int

    @property
    def margin(self) -> float:
        """How far beyond the range is still inside: the mean gap between neighbouring values."""
        return (self.high - self.low) / (self.runs - 1)

    @property
    def words(self) -> str:
        """The range as records write it: `spread:0.91..0.93 of 4 runs, widened by 0.0067`."""
        return f"spread:{self.low:.6g}..{self.high:.6g} of {self.runs} runs, widened by {self.margin:.2g}"

    def allows(self, after: Number) -> bool:
        """Tell whether a finite number is inside the range, widened at both ends."""
        return self.low - self.margin <= after <= self.high + self.margin


def spread(values: Iterable[object]) -> Spread | None:
    """Return the range of recorded values; None where fewer than two are finite numbers, or all are equal."""
    finite = [value for value in values if is_number(value) and isfinite(value)]
    if len(finite) < 2 or min(finite) == max(finite):
        return None
    return Spread(min(finite), max(finite), len(finite))


class Judged(NamedTuple):
    """Two numbers compared."""

    is_same: bool
    is_within: bool
    words: str = ""
    """The tolerance that was applied; "" where none had to be."""


class Tolerances:
    """All tolerances of one comparison. What flags say beats what the file says, a name beats a pattern."""

    def __init__(
        self,
        flags: Mapping[str, Tolerance] | None = None,
        shared: Mapping[str, Tolerance] | None = None,
        spreads: Mapping[str, Spread] | None = None,
    ) -> None:
        self._layers = [dict(flags or {}), dict(shared or {})]
        defaults = [layer.pop(DEFAULT_NAME) for layer in self._layers if DEFAULT_NAME in layer]
        self.default = defaults[0] if defaults else DEFAULT
        self._spreads = dict(spreads or {})
        self._found: dict[tuple[str, ...], Tolerance | None] = {}

    def named(self, *names: str) -> Tolerance | None:
        """Return the tolerance that somebody stated for the first of these names that has one."""
        if names not in self._found:
            found = (_in_layer(layer, names) for layer in self._layers)
            self._found[names] = next((one for one in found if one is not None), None)
        return self._found[names]

    def of_floats(self, *names: str) -> tuple[float, float]:
        """Return the absolute and relative difference by which two floats are surely near enough."""
        stated = self.named(*names) or self.default
        return stated.absolute, stated.relative

    def judge(self, before: Number, after: Number, *names: str) -> Judged:
        """Compare two numbers, what is recorded and what came now; NaN is NaN, infinities are equal by sign."""
        if before == after:
            return Judged(is_same=True, is_within=True)
        stated = self.named(*names)
        if any(isinstance(one, int) and one.bit_length() > _BITS for one in (before, after)):
            return Judged(is_same=False, is_within=stated is not None and stated.is_any, words=EXACT.words)
        if isnan(before) and isnan(after):
            return Judged(is_same=True, is_within=True)
        if stated is not None and stated.is_any:
            return Judged(is_same=False, is_within=True, words=stated.words)
        if not (isfinite(before) and isfinite(after)):
            return Judged(is_same=False, is_within=False, words=(stated or self.default).words)
        if stated is not None:
            return Judged(is_same=False, is_within=stated.allows(before, after), words=stated.words)
        return self._unstated(before, after, names)

    def _unstated(self, before: Number, after: Number, names: Sequence[str]) -> Judged:
        """Judge by the runs recorded before, or else by the default; whole numbers must then be equal."""
        whole = isinstance(before, int) and isinstance(after, int)
        default = EXACT if whole else self.default
        found = next((self._spreads[name] for name in names if name in self._spreads), None)
        if found is None or default.allows(before, after):
            return Judged(is_same=False, is_within=default.allows(before, after), words=default.words)
        return Judged(is_same=False, is_within=found.allows(after), words=found.words)


def from_flags(texts: Iterable[str]) -> dict[str, Tolerance]:
    """Return what `--tolerance NAME=VALUE` says, by name; a value without a name is the default. UsageError."""
    found: dict[str, Tolerance] = {}
    for text in texts:
        name, _, value = text.rpartition("=")
        found[name.strip() or DEFAULT_NAME] = _parsed(
            value, UsageError(f"--tolerance {text}: {_WRONG}", hint=_EXAMPLES)
        )
    return found


def from_table(table: object, where: str) -> dict[str, Tolerance]:
    """Return what `[tolerance]` of a repository's settings says, by name. ConfigError naming the key and `where`."""
    if not isinstance(table, dict):
        raise ConfigError(f"{where} is not a table", hint="for example: accuracy = { abs = 0.005 }")
    return {name: _from_value(value, f"{name} of {where}") for name, value in table.items()}


_IN_FILE: Final = 'for example: { abs = 0.005 }, { rel = 1e-6 } or "any"'
_WRONG: Final = "is neither abs:NUMBER, rel:NUMBER, NUMBER, PERCENT% nor any"


def _from_value(value: object, where: str) -> Tolerance:
    if isinstance(value, str):
        wrong = f"{where} is {single_line(repr(value), 60)}, which {_WRONG}"
        return _parsed(value, ConfigError(wrong, hint=_IN_FILE))
    given = {"abs": value} if is_number(value) else value
    if not isinstance(given, dict) or not given:
        raise ConfigError(f"{where} is {single_line(repr(value), 60)}, which is no tolerance", hint=_IN_FILE)
    for key, number in given.items():
        if key not in ("abs", "rel"):
            hint = (
                f'a name with a dot in it is quoted: "...{key}"' if isinstance(number, dict) else "known are: abs, rel"
            )
            raise ConfigError(f"unknown key {key!r} in {where}", hint=hint)
        if not (is_number(number) and isfinite(number) and number >= 0):
            shown = single_line(repr(number), 60)
            raise ConfigError(f"{key} of {where} is {shown}, not a number from 0 on", hint=_IN_FILE)
    return Tolerance(absolute=float(given.get("abs", 0)), relative=float(given.get("rel", 0)))


def _parsed(text: str, wrong: ProvError) -> Tolerance:
    """Return the tolerance that a text such as `abs:0.01,rel:1e-6` is; a bare number is absolute."""
    text = text.strip()
    if text in ("any", "exact"):
        return ANY if text == "any" else EXACT
    absolute = relative = 0.0
    for part in text.split(","):
        form = _FORM.fullmatch(part.strip())
        if form is None or (form[1] == "abs" and form[3]):
            raise wrong
        try:
            value = float(form[2]) / (100 if form[3] else 1)
        except ValueError:
            raise wrong from None
        if not isfinite(value):
            raise wrong
        if form[1] == "rel" or form[3]:
            relative = value
        else:
            absolute = value
    return Tolerance(absolute, relative)


def _in_layer(layer: Mapping[str, Tolerance], names: Sequence[str]) -> Tolerance | None:
    """Return what one layer says of names: a name itself before a pattern, a longer pattern before a shorter."""
    for name in names:
        if name in layer:
            return layer[name]
    for pattern in sorted(layer, key=len, reverse=True):
        if any(fnmatchcase(name, pattern) for name in names):
            return layer[pattern]
    return None
