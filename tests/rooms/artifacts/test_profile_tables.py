"""Profiles of files as people have them: separators, encodings, damage, formats."""

import gzip
import json
from pathlib import Path

import pytest

from gitprov.artifacts.profile.membership import Members
from gitprov.artifacts.profile.profiling import parse, profile, render
from gitprov.artifacts.profile.rows import rows_of
from gitprov.artifacts.profile.tables import kind_of
from gitprov.errors import InvalidRecord, ProvError
from gitprov.model.profile import Column


def file(home: Path, name: str, content: str | bytes) -> str:
    """Write a file and return its path."""
    path = home / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(path)


def columns(path: str) -> dict[str, Column]:
    """Return the columns of a table's profile by name."""
    return {column.name: column for column in profile(path).columns}


def members(path: str) -> Members:
    """Return a table's rows."""
    found = Members()
    found.add(rows_of(path))
    return found


def test_a_profile_says_what_each_column_is_like(home: Path) -> None:
    rows = "".join(
        f"{n},{n / 2},{'ab'[n % 2] * (n % 3 + 1)},{'' if n % 10 else n},2024-01-{n % 28 + 1:02}\n" for n in range(100)
    )
    made = profile(file(home, "t.csv", "id,half,name,rare,day\n" + rows))
    assert (made.kind, made.rows, made.malformed) == ("csv", 100, 0)
    number, half, name, rare, day = made.columns
    assert [column.type for column in made.columns] == ["int", "float", "text", "int", "date"]
    assert (number.min, number.max, number.mean, len(number.quantiles)) == (0, 99, 49.5, 21)
    assert half.deviation == pytest.approx(14.505746)
    assert name.distinct
    assert (name.distinct.count, name.distinct.exact) == (6, True)
    assert name.lengths
    assert (name.lengths.min, name.lengths.max) == (1, 3)
    assert (rare.missing, rare.max) == (90, 90)
    assert (day.earliest, day.latest) == ("2024-01-01", "2024-01-28")


def test_values_of_texts_stand_in_a_profile_only_where_they_are_asked_for(home: Path) -> None:
    path = file(home, "t.csv", "city,n\n" + "Porto,1\nBraga,2\nPorto,3\n")
    assert b"Porto" not in render(profile(path))
    (city, _) = profile(path, values=True).columns
    assert [(top.value, top.count) for top in city.top] == [("Porto", 2), ("Braga", 1)]


def test_a_column_with_many_texts_has_no_values_even_where_they_are_asked_for(home: Path) -> None:
    path = file(home, "t.csv", "name\n" + "".join(f"name {n}\n" for n in range(101)))
    assert profile(path, values=True).columns[0].top == ()


def test_the_same_table_has_the_same_bytes_and_they_are_read_back(home: Path) -> None:
    path = file(home, "t.csv", "a,b\n1,x\n2,y\n")
    data = render(profile(path))
    assert render(profile(path)) == data
    assert render(parse(data)) == data
    assert json.loads(data)["schema"] == 1


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{", b'{"schema":2,"kind":"csv","rows":1}', b'{"schema":1,"rows":-1}', b"[" * 99999]
)
def test_what_is_no_profile_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidRecord):
        parse(data)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("comma.csv", "a,b\n1,x\n2,y\n"),
        ("semicolon.csv", "a;b\n1;x\n2;y\n"),
        ("tab.tsv", "a\tb\n1\tx\n2\ty\n"),
        ("bar.csv", "a|b\n1|x\n2|y\n"),
        ("windows.csv", "a,b\r\n1,x\r\n2,y\r\n"),
        ("noend.csv", "a,b\n1,x\n2,y"),
        ("spaces.csv", "a, b\n1, x\n2, y\n"),
        ("quoted.csv", '"a","b"\n"1","x"\n"2","y"\n'),
        ("gaps.csv", "a,b\n\n1,x\n\n2,y\n\n"),
        ("mark.csv", "\ufeffa,b\n1,x\n2,y\n"),
        ("wide.csv", "a,b\n1,x\n2,y\n".encode("utf-16")),
        ("packed.csv.gz", gzip.compress(b"a,b\n1,x\n2,y\n", mtime=0)),
        ("lines.jsonl", '{"a":1,"b":"x"}\n{"b":"y","a":2}\n'),
    ],
)
def test_the_same_rows_are_read_however_they_are_written(home: Path, name: str, content: str | bytes) -> None:
    made = profile(file(home, name, content))
    assert (made.rows, made.malformed, [column.name for column in made.columns]) == (2, 0, ["a", "b"])
    assert [column.type for column in made.columns] == ["int", "text"]


def test_a_table_without_names_has_numbers_for_them(home: Path) -> None:
    assert list(columns(file(home, "t.csv", "1,2.5,x\n2,3.5,y\n"))) == ["column 1", "column 2", "column 3"]
    assert list(columns(file(home, "u.csv", "a,a,\n1,2,3\n"))) == ["a", "a.2", "column 3"]


def test_text_in_an_older_encoding_is_read(home: Path) -> None:
    made = columns(file(home, "t.csv", "cidade,n\nÉvora,1\n".encode("latin-1")))
    assert list(made) == ["cidade", "n"]


def test_a_byte_that_is_no_text_does_not_stop_the_reading(home: Path) -> None:
    content = b"a,b\n" + b"1,x\n" * 50_000 + b"2,\xff\n"
    assert profile(file(home, "t.csv", content)).rows == 50_001
    assert members(file(home, "t.csv", content)).sum.size == 50_001


def test_rows_that_do_not_fit_are_counted(home: Path) -> None:
    made = profile(file(home, "t.csv", "a,b\n1,2\n3\n4,5,6\n7,8\n"))
    assert (made.rows, made.malformed) == (2, 2)
    made = profile(file(home, "t.jsonl", '{"a":1}\nnonsense\n[1]\n{"a":2}\n{"a":\n'))
    assert (made.rows, made.malformed) == (2, 3)


def test_a_cell_larger_than_any_is_a_malformed_row_and_those_before_it_are_kept(home: Path) -> None:
    made = profile(file(home, "t.csv", "a,b\n1,2\n3," + "x" * 200_000 + "\n5,6\n"))
    assert made.malformed >= 1
    assert columns(file(home, "t.csv", "a,b\n1,2\n3," + "x" * 200_000 + "\n5,6\n"))["a"].min == 1


def test_an_empty_file_and_one_of_names_alone_have_no_rows(home: Path) -> None:
    assert profile(file(home, "empty.csv", "")).rows == 0
    made = profile(file(home, "names.csv", "a,b\n"))
    assert (made.rows, [column.type for column in made.columns]) == (0, ["empty", "empty"])
    assert profile(file(home, "empty.jsonl", "")).columns == ()


def test_a_key_that_appears_late_is_missing_before(home: Path) -> None:
    made = columns(file(home, "t.jsonl", '{"a":1}\n{"a":null,"b":[1]}\n{"b":{"c":2}}\n'))
    assert (made["a"].missing, made["b"].missing, made["b"].type) == (2, 1, "nested")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("binary.csv", b"a,b\n\0\0\0\n"),
        ("cut.csv.gz", gzip.compress(b"a,b\n" * 100_000, mtime=0)[:-20]),
        ("no.csv.gz", b"a,b\n1,2\n"),
        ("odd.csv", "a,b\n1,2\n".encode("utf-16")[:-1]),
        ("picture.png", b"\x89PNG"),
        ("no.parquet", b"PAR1"),
    ],
)
def test_what_is_no_table_is_refused_by_name(home: Path, name: str, content: bytes) -> None:
    with pytest.raises(ProvError, match=name.split(".", maxsplit=1)[0]):
        profile(file(home, name, content))


def test_what_is_a_table_is_told_by_its_name() -> None:
    names = ("a.csv", "a.CSV", "a.tsv.gz", "a.ndjson", "a.parquet", "a.feather", "a.txt", "a.parquet.gz", "csv", ".gz")
    assert [kind_of(name) for name in names] == ["csv", "csv", "csv", "jsonl", "parquet", "arrow", "", "", "", ""]


def test_a_column_that_only_some_batches_mix_is_mixed(home: Path) -> None:
    made = columns(file(home, "t.csv", "a\n" + "1\n" * 20_000 + "x\n" * 20_000 + "2.5\n"))["a"]
    assert (made.type, made.types) == ("mixed", {"int": 20_000, "text": 20_000, "float": 1})


def test_the_rows_of_a_split_do_not_depend_on_how_a_table_is_written(home: Path) -> None:
    plain = members(file(home, "a.csv", "x,y\n1,a\n2,b\n"))
    other = members(file(home, "b.csv", '"y";"x"\r\nb;2\r\na;1\r\n'))
    assert plain.sum == other.sum
    assert plain.sum != members(file(home, "c.csv", "x,y\n1,a\n2,b\n2,b\n")).sum
    assert plain.shared_with(members(file(home, "d.csv", "x,y\n2,b\n9,z\n"))) == (1, True)


def test_typed_formats_are_read_by_their_types(home: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    feather = pytest.importorskip("pyarrow.feather")
    from datetime import UTC, datetime

    when = [datetime(2024, 1, day, tzinfo=UTC) for day in (1, 2, 3)]
    table = pa.table(
        {
            "n": pa.array([1, None, 3]),
            "x": pa.array([0.5, float("nan"), float("inf")]),
            "s": pa.array(["a", "b", "a"]).dictionary_encode(),
            "t": pa.array(when, pa.timestamp("ns", "UTC")),
            "d": pa.array([[1], [2], None]),
        }
    )
    parquet.write_table(table, home / "t.parquet")
    feather.write_feather(table, home / "t.feather")
    with pa.ipc.new_stream(str(home / "t.arrow"), table.schema) as stream:
        stream.write_table(table)
    for name in ("t.parquet", "t.feather", "t.arrow"):
        made = columns(str(home / name))
        assert {name: column.type for name, column in made.items()} == {
            "n": "int",
            "x": "float",
            "s": "text",
            "t": "datetime",
            "d": "nested",
        }
        assert (made["n"].missing, made["x"].missing, made["x"].infinite, made["d"].missing) == (1, 1, 1, 1)
        assert made["t"].latest == "2024-01-03T00:00:00+00:00"
    assert members(str(home / "t.parquet")).sum == members(str(home / "t.arrow")).sum


def test_without_the_library_the_hint_says_what_to_install(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(ProvError, match="pyarrow") as refused:
        profile(file(home, "t.parquet", b"PAR1"))
    assert "gitprov[tables]" in refused.value.hint
