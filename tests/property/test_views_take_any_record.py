"""Whatever a reader accepts, the views can show: nobody's record stops them for everybody else."""

import json
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitprov.errors import InvalidRecord
from gitprov.model.base import Part
from gitprov.model.records import KINDS, Unread, parse
from gitprov.model.results import Problem
from gitprov.model.run import Capture, Code, Environment, Hardware, Intent
from gitprov.model.stored import Stored
from gitprov.records import codec, shown, toml, trees
from gitprov.records.manifests import attached_to
from gitprov.records.notes import _plain
from gitprov.records.union import Union
from support.records import run_record

pytestmark = pytest.mark.property

PARTS: dict[str, type[Part]] = {"code": Code, "environment": Environment, "hardware": Hardware, "intent": Intent, "capture": Capture}
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(["", "1" * 40, "2" * 64, "b3:" + "1" * 64, "ok", "NaN", ".", "2026-01-02T03:04:05Z", "x" * 300])
)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner))
tables = st.one_of(
    *(
        st.tuples(st.just(name), st.dictionaries(st.sampled_from(sorted(part.model_fields)), scalars, max_size=4))
        for name, part in PARTS.items()
    )
)
fields = st.one_of(
    *(st.tuples(st.sampled_from(sorted(kind.model_fields)), values) for kind in KINDS.values()),
    tables,
    st.tuples(st.just("metrics"), st.dictionaries(st.text(max_size=9), st.integers() | st.floats(), max_size=4)),
    st.tuples(st.just("command"), st.lists(st.text(max_size=9), max_size=3)),
)


@given(st.sampled_from(sorted(KINDS)), st.lists(fields, max_size=5))
def test_what_is_accepted_can_be_shown_in_every_view(kind: str, changes: list[tuple[str, object]]) -> None:
    record = run_record(1, kind=kind) | dict(changes) | {"kind": kind}
    line = json.dumps(record).encode()
    try:
        accepted = parse(line)
    except InvalidRecord:
        return
    assert not isinstance(accepted, Unread)
    stored = Stored(accepted.id, kind, accepted, line, "c" * 40, accepted.at)

    [plain] = _plain(Union([stored], list[Problem]()))

    assert isinstance(attached_to(plain), str)
    assert plain["id"] in toml.section(plain)
    assert tomllib.loads(toml.section(plain)).keys() == {kind}
    assert len(codec.summary(plain).splitlines()) == 1
    assert trees._line(plain).count("\n") == 1
    if kind == "run":
        said = shown.line(plain)
        assert said.isprintable()
        assert shown.merge("", [said], "c" * 40) == said + "\n"
