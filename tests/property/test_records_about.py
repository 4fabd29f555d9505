"""Reading only what is about some files gives what reading everything gives, as far as these files are concerned."""

import json
from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from gitprov.records.about import about

PATHS = ("results/a", "results", ".", 'b"ä', "c\\d")
ids = st.integers(min_value=0, max_value=6).map(lambda number: f"{number:032x}")
runs = st.fixed_dictionaries(
    {"kind": st.just("run"), "id": ids, "cwd": st.just(".")},
    optional={
        "output": st.lists(st.fixed_dictionaries({"path": st.sampled_from(PATHS)}), max_size=2),
        "reproduces": ids,
        "command": st.lists(st.sampled_from(['"path":"results/a"', "path", "/"]), max_size=2),
    },
)
words = st.fixed_dictionaries({"kind": st.sampled_from(["review", "retraction"]), "id": ids, "record": ids})


def spelled(record: dict[str, object], style: int) -> bytes:
    """Write a record in one of the ways in which others may."""
    line = json.dumps(record, ensure_ascii=style == 1, separators=(", ", " : ") if style == 2 else None)
    if style == 3:
        line = line.replace("/", "\\/")
    if style == 4:
        line = "".join(f"\\u{ord(letter):04x}" if letter in "p0a" else letter for letter in line)
        json.loads(line)
    return line.encode()


def speaking_of(records: Iterable[tuple[int, dict[str, object]]], wanted: set[str]) -> set[int]:
    """The places of what is to be read, worked out from the records themselves."""
    every = list(records)
    found: set[int] = set()
    named: set[object] = set()
    while True:
        new = {at for at, record in every if at not in found and is_meant(record, wanted, named)}
        if not new:
            return found
        found |= new
        named |= {record["id"] for at, record in every if at in new}


def is_meant(record: dict[str, object], wanted: set[str], named: set[object]) -> bool:
    outputs = record.get("output", [])
    assert isinstance(outputs, list)
    by_path = any(item["path"] in wanted for item in outputs)
    return by_path or not named.isdisjoint(record[key] for key in ("id", "record", "reproduces") if key in record)


@given(
    st.lists(st.tuples(st.one_of(runs, words), st.integers(min_value=0, max_value=4)), max_size=12),
    st.sets(st.sampled_from(PATHS), max_size=3),
    st.booleans(),
)
def test_nothing_that_is_about_a_file_is_left_out(
    records: list[tuple[dict[str, object], int]], wanted: set[str], many: bool
) -> None:
    lines = [spelled(record, style) for record, style in records]
    paths = {*wanted, *(f"elsewhere/{number}" for number in range(20 if many else 0))}

    assert set(about(lines, paths)) == speaking_of(enumerate(record for record, _ in records), wanted)
