"""`[capture]`, `[tolerance]`, `[data]` and the smaller tables: what all but the rules go by.

`api.settings` reads the first and the last by hand, because a run must not pay for pydantic; tests hold both to the
same answers.
"""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema

from gitprov.model.fields import Flag, Text, refused
from gitprov.model.policy.base import Table
from gitprov.model.policy.fields import Bound, Pattern, Size
from gitprov.model.policy.governance import DataClass

_FILE, _TOTAL = 10 << 20, 256 << 20
_NUMBER: dict[str, Any] = {"type": "number", "minimum": 0}
TOLERANCE: dict[str, Any] = {
    "anyOf": [
        _NUMBER,
        {"type": "string"},
        {
            "type": "object",
            "properties": {"abs": _NUMBER, "rel": _NUMBER},
            "additionalProperties": False,
            "minProperties": 1,
        },
    ]
}
"""The JSON Schema of one tolerance; `replay.tolerance` judges it."""


def _keep(value: object) -> bool | str:
    if isinstance(value, bool) or value == "outputs":
        return value
    raise refused('is not true, false or "outputs"')


Keep: TypeAlias = Annotated[
    bool | str, PlainValidator(_keep), WithJsonSchema({"anyOf": [{"type": "boolean"}, {"const": "outputs"}]})
]
"""Whose bytes are kept."""


class Capture(Table):
    """`[capture]`: what is observed of a run, and how."""

    metrics: tuple[Text, ...] = ()
    """Files read after every run that wrote them, as patterns from the top of the repository."""
    trace: Literal["auto", "python", "strace", "off"] = "auto"
    """How a run is observed."""
    snapshot_max_file: Size = _FILE
    """A larger uncommitted file is left out of a snapshot, and named."""
    snapshot_max_total: Size = _TOTAL
    """What one snapshot may hold in all."""
    redact: tuple[Text, ...] = ()
    """Further patterns (regular expressions) of what is secret here."""
    secrets: Literal["built-in", "detect-secrets"] = "built-in"
    """What looks for secrets in files of a snapshot."""


class Drift(Table):
    """`[data.drift]`: from where on a table's drift is said."""

    rows: Bound = 0.5
    """The number of rows, as a share of what it was."""
    missing: Bound = 0.05
    """The share of missing values in a column, as a difference."""
    mean: Bound = 0.5
    """A column's mean, in standard deviations."""
    range: Bound = 0.1
    """How far values lie outside of what they were, as a share of the range."""
    distribution: Bound = 0.15
    """The distance between distributions of values, 0 to 1."""


class DataRemote(BaseModel):
    """`[data.remotes.NAME]`: a place for bytes. Which options it has depends on its kind."""

    model_config = ConfigDict(frozen=True, extra="allow")

    url: Text = Field(min_length=1)
    """A directory, or `sftp://`, `s3://`, `gs://`, `az://`, `webdav://`, `https://`; no secret ever stands in it."""


class Data(Table):
    """`[data]`: data, its remotes and its classes."""

    keep: Keep = False
    """Whose bytes are kept: `true`, of what runs read and make; `outputs`, of what they make."""
    remote: Text = ""
    """The data remote that is meant where none is named."""
    remotes: dict[str, DataRemote] = Field(default_factory=dict)
    """Places for bytes, by name."""
    profile: tuple[Text, ...] = ()
    """Tables whose profile every run has, as patterns from the top of the repository."""
    profile_values: Flag = False
    """Whether profiles hold the values of columns with few different ones."""
    drift: Drift = Drift()
    """From where on a table's drift is said."""
    classes: dict[str, DataClass] = Field(default_factory=dict)
    """Classes of data, by name: how sensitive it is, and its licences."""


class Experiments(Table):
    """`[experiments]`: what `git prov new` makes an experiment from."""

    template: Text = ""
    """The template that is meant where none is named; "" means research."""


class Lint(Table):
    """`[lint]`: what `git prov lint` looks at."""

    ignore: tuple[Pattern, ...] = ()
    """Files that it gives no advice on: gitignore patterns from the top of the repository."""
