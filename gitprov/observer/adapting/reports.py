"""What adapters have to say, kept small: each distinct thing is told once, however often it happens."""

from .callers import comes_from, is_by_import
from .untouched import Imports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Set

MOST_VALUES = 16
"""Distinct seeds of one library that are told; then only that there were more."""
MOST_PARAMS = 32
"""Times that parameters are told; a program that parses a thousand command lines has none of its own."""
_DERIVED = ("torch.utils.data._utils.worker",)
"""Code that seeds generators with numbers it has drawn from one that the program seeded."""


class Reports:
    """All that one process reports."""

    def __init__(self, tell: "Callable[[Dict[str, Any]], None]", imports: Imports) -> None:
        self._tell = tell
        self.imports = imports
        """Where generators are guarded whose use by libraries, while they are imported, does not count."""
        self._params = 0
        self.seeds: Dict[str, Seeds] = {}
        """What is known of each library's seeds."""
        self.endings: List[Callable[[], Dict[str, Any]]] = []
        """What adapters add to the last event of the process."""

    def renew(self, tell: "Callable[[Dict[str, Any]], None]") -> None:
        """Report to another from now on, who knows of nothing yet."""
        self._tell = tell
        self._params = 0
        for seeds in self.seeds.values():
            seeds.forget()
        self.imports.renew()

    def tell(self, told: "Dict[str, Any]") -> None:
        """Tell something; never raises."""
        try:
            self._tell(told)
        except Exception:
            pass

    def params(self, told: "Dict[str, Any]") -> None:
        """Tell parameters: `params`, `from`, and `by` and `file` as `callers.described` has them."""
        self._params += 1
        if self._params <= MOST_PARAMS:
            self.tell(told)

    def seeds_of(self, library: str, part: str = "") -> "Seeds":
        """Return what is known of a library's seeds, or of a part's that is seeded by itself."""
        return self.seeds.setdefault(library + part, Seeds(library, self))


class Seeds:
    """The seeds of one library."""

    __slots__ = ("_library", "_reports", "_seen", "is_full", "is_set", "is_unseeded")

    def __init__(self, library: str, reports: Reports) -> None:
        self._library = library
        self._reports = reports
        self._seen: Set[Any] = set()
        self.is_set = False
        """Whether the program has seeded it, so that what it draws can be repeated."""
        self.is_unseeded = False
        """Whether the program has asked for fresh randomness."""
        self.is_full = False

    def forget(self) -> None:
        """Take nothing for told yet; what is seeded stays so."""
        self._seen.clear()
        self.is_full = self.is_unseeded = False

    def is_known(self, seed: object) -> bool:
        """Tell whether noting a seed would tell nothing new."""
        return self.is_full or seed in self._seen

    def note(self, seed: object, how: str = "") -> None:
        """Note a seed as the program gave it; `None` means fresh randomness, of which `how` tells the way."""
        try:
            if self.is_full and seed is not None:
                return
            if seed in self._seen:
                return
        except TypeError:
            pass  # a list or an array
        try:
            self._note_new(seed, how)
        except Exception:
            pass

    def _note_new(self, seed: object, how: str) -> None:
        if is_by_import():
            return
        if seed is None:
            self._seen.add(None)
            self.is_unseeded = True
            self._reports.tell({"unseeded": {self._library: how}})
            return
        self.is_set = True
        # The value, not the object: two arrays are never the same, the text of them is.
        value = plain_seed(seed)
        if value is None or value in self._seen or comes_from(_DERIVED):
            return
        if len(self._seen) >= MOST_VALUES:
            self.is_full = True
            self._reports.tell({"more_seeds": self._library})
            return
        self._seen.add(value)
        self._reports.tell({"seed": {self._library: value}})


def plain_seed(seed: object) -> "Optional[object]":
    """Return a seed as a number or text; `None` for what is no plain value, such as a traced array."""
    if isinstance(seed, int):
        return int(seed) if seed.bit_length() <= 1024 else hex(seed)[:300]
    if isinstance(seed, (str, float)):
        return seed[:200] if isinstance(seed, str) else float(seed)
    if isinstance(seed, (bytes, bytearray)):
        return f"0x{bytes(seed[:64]).hex()}"
    if isinstance(seed, (list, tuple)):
        return str([plain_seed(item) for item in seed[:16]]) if seed else None
    if type(seed).__module__ == "numpy":
        values = seed.tolist()  # type: ignore[attr-defined]
        return plain_seed(values)
    entropy = getattr(seed, "entropy", None)  # NumPy's SeedSequence
    return None if entropy is None else plain_seed(entropy)
