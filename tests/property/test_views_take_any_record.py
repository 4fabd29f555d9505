"""Whatever a reader accepts, the views can show: nobody's record stops them for everybody else."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitprov.errors import InvalidRecord
from gitprov.model.base import Part
from gitprov.model.records import Unread, parse
from gitprov.model.results import Problem
from gitprov.model.run import Capture, Code, Environment, Hardware, Intent
from gitprov.model.stored import Stored
from gitprov.model.text import is_clean
from gitprov.records import codec, shown, toml, trees
from gitprov.records.manifests import attached_to
from gitprov.records.notes import _plain
from gitprov.records.union import Union

pytestmark = pytest.mark.property

PARTS: dict[str, type[Part]] = {
    "code": Code,
    "environment": Environment,
    "hardware": Hardware,
    "intent": Intent,
    "capture": Capture,
}
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(["", "1" * 40, "2" * 64, "b3:" + "1" * 64, "ok", "NaN", ".", "2026-01-02T03:04:05Z", "x" * 300])
)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner))
VECTORS = Path(__file__).parents[1] / "spec" / "v1"
VALID = [json.loads(path.with_suffix(".json").read_text()) for path in sorted(VECTORS.glob("*.toml"))]
changes_of_parts = [
    st.tuples(st.just(name), st.dictionaries(st.sampled_from(sorted(part.model_fields)), scalars, max_size=3))
    for name, part in PARTS.items()
]
changes = st.one_of(
    st.tuples(st.text(max_size=6), values),
    st.tuples(st.sampled_from(sorted({name for record in VALID for name in record})), scalars),
    st.tuples(st.just("metrics"), st.dictionaries(st.text(max_size=9), st.integers() | st.just("NaN"), max_size=4)),
    st.tuples(st.just("params"), st.dictionaries(st.text(max_size=9), values, max_size=4)),
    st.tuples(st.just("command"), st.lists(st.text(max_size=9), max_size=3)),
    *changes_of_parts,
)


@given(st.sampled_from(VALID), st.lists(changes, max_size=2), st.sets(st.integers(0, 20), max_size=3))
def test_what_is_accepted_can_be_shown_in_every_view(
    valid: dict[str, Any], changed: list[tuple[str, object]], dropped: set[int]
) -> None:
    kept = {name: value for at, (name, value) in enumerate(valid.items()) if at not in dropped}
    record = kept | dict(changed)
    kind = str(record.get("kind"))
    line = json.dumps(record).encode()
    try:
        accepted = parse(line)
    except InvalidRecord:
        return
    if isinstance(accepted, Unread):
        return
    stored = Stored(accepted.id, kind, accepted, line, "c" * 40, accepted.at)

    [plain] = _plain(Union([stored], list[Problem]()))

    assert isinstance(attached_to(plain), str)
    assert plain["id"] in toml.section(plain)
    assert tomllib.loads(toml.section(plain)).keys() == {kind}
    assert len(codec.summary(plain).splitlines()) == 1
    assert trees._line(plain).count("\n") == 1
    if kind == "run":
        said = shown.line(plain)
        assert is_clean(said)
        assert len(said.splitlines()) == 1
        assert shown.merge("", [said], "c" * 40) == said + "\n"
