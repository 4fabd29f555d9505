"""Classes of data, how long what is kept, and who people are: what rules and retention refer to."""

import re
from typing import Annotated, Final, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, Strict, WithJsonSchema

from gitprov.model.fields import refused
from gitprov.model.policy.base import Table
from gitprov.model.policy.fields import Address, Handle, Lines, Pattern

_KEEP: Final = re.compile(r"([1-9][0-9]{0,4}) (day|week|month|year)s?")
_DAYS: Final = {"day": 1.0, "week": 7.0, "month": 30.4375, "year": 365.25}
FOREVER: Final = "forever"


def _keep(text: str) -> str:
    if text != FOREVER and _KEEP.fullmatch(text) is None:
        raise refused('is not a length of time such as "10 years", "6 months", "30 days" or "forever"')
    return text


def _several(value: object) -> object:
    return [value] if isinstance(value, str) else value


class DataClass(Table):
    """A class of data: how sensitive it is, by the class's name, and under which licences it stands."""

    paths: tuple[Pattern, ...] = Field(min_length=1)
    """The data it is about: gitignore patterns from the top of the repository."""
    licences: Lines = ()
    """Licences, by their SPDX names where they have one."""


class Retention(Table):
    """How long a class of results is kept."""

    keep: Annotated[str, Strict(), AfterValidator(_keep)]
    """`forever`, or a length of time such as `10 years`."""
    paths: tuple[Pattern, ...] = ()
    """The results it is about: gitignore patterns from the top of the repository. None: all of them."""

    @property
    def days(self) -> int | None:
        """How many days what is of the class is kept; None for ever."""
        found = _KEEP.fullmatch(self.keep)
        return int(int(found[1]) * _DAYS[found[2]]) if found else None


Addresses: TypeAlias = Annotated[
    tuple[Address, ...],
    Field(min_length=1),
    BeforeValidator(_several),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}),
]
"""An e-mail address, or a list of them."""
People: TypeAlias = dict[Handle, Addresses]
"""Who is meant by a handle of CODEOWNERS."""
