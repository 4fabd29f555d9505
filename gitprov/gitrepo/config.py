"""Git configuration as one snapshot of `git config --list -z`: every file, include and `-c` already merged by git."""

from gitprov.errors import ConfigError
from gitprov.gitrepo.process import text

_TRUE = frozenset({"true", "yes", "on"})
_FALSE = frozenset({"false", "no", "off", ""})


class Config:
    """Configuration values by key, in the order git read them: the last one wins."""

    def __init__(self, values: dict[str, list[str | None]]) -> None:
        self._values = values

    @classmethod
    def parse(cls, listing: bytes) -> "Config":
        """From the output of `git config --list -z`; a key without a value is `None`, which git reads as true."""
        values: dict[str, list[str | None]] = {}
        for item in text(listing).split("\0")[:-1]:
            key, equals, value = item.partition("\n")
            values.setdefault(key, []).append(value if equals else None)
        return cls(values)

    def get(self, key: str, default: str = "") -> str:
        """The value that holds. The section and the name are in lower case, a subsection as it was written."""
        values = self._values.get(key)
        return (values[-1] or "") if values else default

    def all(self, key: str) -> list[str]:
        """Every value of a key that may stand several times."""
        return [value or "" for value in self._values.get(key, [])]

    def flag(self, key: str, default: bool) -> bool:
        """A boolean as git reads one. Raises `ConfigError`."""
        values = self._values.get(key)
        if not values:
            return default
        value = values[-1]
        if value is None or value.lower() in _TRUE:
            return True
        if value.lower() in _FALSE:
            return False
        if value.removeprefix("-").isdecimal():
            return int(value) != 0
        raise ConfigError(f"{key} = {value!r} is neither true nor false", hint=f"mend it: git config {key} true")

    def subsections(self, section: str, name: str) -> list[str]:
        """The subsections of `section` in which `name` is set: the remotes that have a url."""
        head, tail = f"{section}.", f".{name}"
        found = (key[len(head) : -len(tail)] for key in self._values if key.startswith(head) and key.endswith(tail))
        return [subsection for subsection in found if subsection]
