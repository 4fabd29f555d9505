"""Kinds of files that a library reads: with it where it is installed, and in words where it is not."""

import sys
from pathlib import Path
from typing import Any

import pytest

from gitprov.replay.compare.outcome import DIFFERS, NOISE, NOT_COMPARABLE, WITHIN
from support.comparing import compared
from support.packed import png


@pytest.mark.parametrize(
    ("module", "before", "after", "why"),
    [
        ("PIL.Image", png(1), png(2), "needs Pillow"),
        ("pyarrow.parquet", b"PAR1a", b"PAR1b", "needs pyarrow"),
        ("pyarrow", b"ARROW1a", b"ARROW1b", "needs pyarrow"),
        ("h5py", b"\x89HDF\r\n\x1a\na", b"\x89HDF\r\n\x1a\nb", "needs h5py, for it differs in more than times"),
    ],
)
def test_a_library_that_is_not_installed_is_named(
    module: str, before: bytes, after: bytes, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    outcome = compared(before, after)
    assert outcome.grade == NOT_COMPARABLE
    assert outcome.note.startswith(why)


def test_pixels_are_compared_by_their_largest_difference() -> None:
    pytest.importorskip("PIL")
    note = "the pixels from 0,0 to 0,1 differ, by at most 2 of 255"
    assert compared(png(5), png(7), "f.png") == (DIFFERS, note, ())
    assert compared(png(5), png(7), "f.png", "f.png=2").grade == WITHIN
    assert compared(png(5), png(7), "f.png", "f.png=1").grade == DIFFERS


@pytest.mark.parametrize("kind", ["parquet", "feather"])
def test_columns_are_compared_value_by_value(kind: str, tmp_path: Path) -> None:
    pa: Any = pytest.importorskip("pyarrow")

    def written(values: list[object], **metadata: str) -> bytes:
        table = pa.table({"x": values, "n": [1] * len(values)}).replace_schema_metadata(metadata)
        path = tmp_path / "table"
        if kind == "parquet":
            pytest.importorskip("pyarrow.parquet").write_table(table, path)
        else:
            pytest.importorskip("pyarrow.feather").write_feather(table, path)
        return path.read_bytes()

    name = f"t.{kind}"
    before = written([0.5, None, 2.0])
    assert compared(before, written([0.5, None, 2.0 + 1e-12]), name).grade == WITHIN
    assert compared(before, written([0.5, None, 3.0]), name).note == "row 3, column x: 2.0 → 3.0"
    assert compared(before, written([0.5, 1.0, 2.0]), name).note == "row 2, column x: None → 1.0"
    assert compared(before, written([0.5]), name).note == "1 rows, 3 are recorded"
    assert compared(before, written(["a", None, "b"]), name).note == "column x is string, double is recorded"
    assert compared(before, written([0.5, None, 2.0], made="today"), name).noise == ("layout and metadata of the file",)


def test_hdf5_is_compared_by_what_it_holds(tmp_path: Path) -> None:
    h5py: Any = pytest.importorskip("h5py")

    def written(value: float, when: str = "a", *, driver: str = "earliest") -> bytes:
        path = tmp_path / "file.h5"
        with h5py.File(path, "w", libver=driver) as file:
            file.create_dataset("g/x", data=[1.0, value])
            file["g"].attrs["when"] = when
        return path.read_bytes()

    before = written(2.0)
    assert compared(before, written(2.0 + 1e-12), "h.h5").grade == WITHIN
    assert compared(before, written(3.0), "h.h5").note == "g/x[1]: 2.0 → 3.0"
    assert compared(before, written(2.0, "b"), "h.h5").note == "g@when: a → b"
    assert compared(before, written(2.0, driver="latest"), "h.h5").noise == ("layout of the HDF5 file",)


def test_an_array_that_numpy_wrote_is_read_without_it(tmp_path: Path) -> None:
    np: Any = pytest.importorskip("numpy")

    def written(value: float, kind: str) -> bytes:
        np.save(tmp_path / "a.npy", np.array([[1, 2], [3, value]], dtype=kind))
        return (tmp_path / "a.npy").read_bytes()

    for kind in ("<f8", ">f8", "<f4", "<f2", "<i8", ">i2", "u1", "<c16"):
        assert compared(written(4, kind), written(5, kind), "a.npy").note.startswith("[1, 1]"), kind
        assert compared(written(4, kind), written(5, kind), "a.npy", "a.npy=1").grade == WITHIN, kind
    assert compared(written(4, "U4"), written(5, "U4"), "a.npy").grade == DIFFERS


def test_figures_drawn_twice_are_the_same_but_for_dates_and_identifiers(tmp_path: Path) -> None:
    matplotlib: Any = pytest.importorskip("matplotlib")
    matplotlib.use("agg")
    plt: Any = pytest.importorskip("matplotlib.pyplot")

    def drawn(kind: str, last: float, date: str) -> bytes:
        figure, axes = plt.subplots()
        axes.plot([1, 2, last])
        metadata = {"pdf": {"Title": "t"}, "svg": {"Date": date}, "png": {"Software": date}}[kind]
        figure.savefig(tmp_path / f"f.{kind}", metadata=metadata)
        plt.close(figure)
        return (tmp_path / f"f.{kind}").read_bytes()

    for kind in ("svg", "png"):
        assert compared(drawn(kind, 3, "2026-01-01"), drawn(kind, 3, "2026-01-02"), f"f.{kind}").grade == NOISE, kind
    for kind in ("svg", "png", "pdf"):
        assert compared(drawn(kind, 3, "2026-01-01"), drawn(kind, 2, "2026-01-01"), f"f.{kind}").grade == DIFFERS, kind
