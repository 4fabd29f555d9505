"""What every record has, and how a record becomes plain data again."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from gitprov.model import stamp
from gitprov.model.fields import Id, Line, Stamp


class Part(BaseModel):
    """A table of named fields that does not change. Fields that are not known here are kept, not judged."""

    model_config = ConfigDict(frozen=True, extra="allow")

    def plain(self) -> dict[str, Any]:
        """Return the fields that were given, under the names of the format; what is empty is left out."""
        given = self.model_fields_set
        known = {
            field.alias or name: _plain(getattr(self, name))
            for name, field in type(self).model_fields.items()
            if name in given
        }
        return {name: value for name, value in known.items() if not _is_empty(value)} | (self.model_extra or {})


class Record(Part):
    """One immutable statement in the log. `kind` says which; it is a `Literal` in each kind's own class."""

    kind: str
    """Which kind of record this is."""
    schema_: Literal[1] = Field(default=1, alias="schema")
    """The version of the schema, 1."""
    id: Id
    """32 random hex digits, the record's own name."""
    at: Stamp
    """When it happened: for a run, when the command started."""
    by: Line
    """The person: `Name <address>`."""

    @property
    def moment(self) -> datetime:
        """When it happened, as an aware moment."""
        return stamp.moment(self.at)

    def plain(self) -> dict[str, Any]:
        """Return the record's fields, `kind` and `schema` first even where they were not given."""
        return {"kind": self.kind, "schema": self.schema_, **super().plain()}


def _plain(value: object) -> object:
    """Return parts as mappings and their tuples as lists; mappings people filled (params) are left as they are."""
    if isinstance(value, Part):
        return value.plain()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def _is_empty(value: object) -> bool:
    return value is None or (isinstance(value, str | list | dict) and not value)
