import pickle
import struct
import zipfile
from typing import NoReturn

import pytest

from gitprov.replay.compare.formats import archives
from gitprov.replay.compare.formats import values as documents
from gitprov.replay.compare.outcome import DIFFERS, NOISE, NOT_COMPARABLE, SAME, WITHIN
from support.comparing import compared
from support.packed import gzipped, npy, pack, pdf, png, safetensors, tarred, zipped


def test_an_array_is_compared_number_by_number() -> None:
    outcome = compared(npy([1.0, 2.0]), npy([1.0, 2.0 + 1e-12]), "a.npy")
    assert (outcome.grade, outcome.note) == (WITHIN, "largest difference 1e-12 at [1], allowed rel:1e-09")
    assert compared(npy([1.0, 2.0]), npy([1.0, 3.0]), "a.npy").note == "[1]: 2.0 → 3.0"
    assert compared(npy([1.0, 2.0]), npy([1.0, 3.0]), "a.npy", "a.npy=1").grade == WITHIN


def test_the_element_of_an_array_of_several_dimensions_is_named_by_its_indices() -> None:
    values, others = [float(n) for n in range(6)], [0.0, 1.0, 2.0, 3.0, 9.0, 5.0]
    assert compared(npy(values, shape="2, 3"), npy(others, shape="2, 3"), "a.npy").note == "[1, 1]: 4.0 → 9.0"
    in_columns = [npy(one, shape="2, 3", fortran=True) for one in (values, others)]
    assert compared(in_columns[0], in_columns[1], "a.npy").note == "[0, 2]: 4.0 → 9.0"


def test_nan_in_an_array_is_nan() -> None:
    nan = float("nan")
    before = npy([nan, 1.0, 2.0])
    assert compared(before, npy([nan, 1.0, 2.0 + 1e-12]), "a.npy").grade == WITHIN
    assert compared(before, npy([0.0, 1.0, 2.0]), "a.npy").note == "[0]: NaN → 0.0"


def test_whole_numbers_of_an_array_must_be_equal() -> None:
    whole = [npy(one, "'<i4'", "<i") for one in ([1, 2], [1, 3])]
    assert compared(whole[0], whole[1], "a.npy").note == "[1]: 2 → 3"
    assert compared(whole[0], whole[1], "a.npy", "a.npy=1").grade == WITHIN


def test_another_shape_or_type_is_named() -> None:
    assert compared(npy([1.0]), npy([1.0, 2.0]), "a.npy").note == "shape 2, 1 is recorded"
    assert compared(npy([1.0]), npy([1.0], "'<f4'", "<f"), "a.npy").note == "type <f4, <f8 is recorded"


def test_records_and_complex_numbers_are_named_by_their_parts() -> None:
    descr = "[('n', '<i4'), ('v', '<f8')]"
    records = [npy([], descr, shape="1,") + struct.pack("<id", 1, value) for value in (2.0, 3.0)]
    assert compared(records[0], records[1], "a.npy").note == "[0].v: 2.0 → 3.0"
    pairs = [npy([], "'<c16'", shape="1,") + pack([1.0, value], "<d") for value in (2.0, 3.0)]
    assert compared(pairs[0], pairs[1], "a.npy").note == "[0].imaginary: 2.0 → 3.0"


@pytest.mark.parametrize(
    ("array", "why"),
    [
        (npy([], "'|O'", shape="1,") + b"x", "a pickle is never loaded"),
        (npy([], shape="9999999999999,"), "fewer bytes than its header says"),
        (b"\x93NUMPY\x02\x00\xff\xff\xff\xff", "its header is too long"),
        (b"\x93NUMPY\x01\x00\x04\x00{'a'", "its header makes no sense"),
        (npy([1.0], "'<z3'"), "is not known"),
    ],
)
def test_an_array_that_cannot_be_compared_says_why(array: bytes, why: str) -> None:
    outcome = compared(array, array + b"!", "a.npy")
    assert outcome.grade == NOT_COMPARABLE
    assert why in outcome.note


def test_weights_in_safetensors_are_compared_by_name() -> None:
    before = safetensors({"a": [0.5], "b.weight": [1.0, 2.0]})
    after = safetensors({"b.weight": [1.0, 3.0], "a": [0.5]})
    assert compared(before, after, "m.safetensors").note == "b.weight[1]: 2.0 → 3.0"
    assert compared(before, after, "m.safetensors", "*.safetensors=1").grade == WITHIN
    assert "a stands only" in compared(before, safetensors({"b.weight": [1.0, 2.0]}), "m.safetensors").note


def test_half_precision_of_the_brain_kind_is_understood() -> None:
    one, two = (safetensors({"a": [bits]}, "BF16", "<H") for bits in (0x3F80, 0x4000))
    assert compared(one, two, "m.safetensors").note == "a[0]: 1.0 → 2.0"


def test_weights_of_pytorch_are_found_by_taking_its_pickle_apart() -> None:
    # what `torch.save` writes, with the storage's type given as a global name that nothing here imports
    stored = b"\x80\x02((X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x02tQ."
    files = [
        zipped({"m/data.pkl": stored, "m/data/0": pack([1.0, value], "<f"), "m/.data/serialization_id": str(value)})
        for value in (2.0, 2.0000002)
    ]
    outcome = compared(files[0], files[1], "m.pt", "m.pt=1e-6")
    assert (outcome.grade, outcome.noise) == (WITHIN, ("random identifier",))
    assert "data/0[1]: 2.0" in compared(files[0], files[1], "m.pt").note


def test_times_and_order_of_members_of_an_archive_are_noise() -> None:
    before, after = zipped({"a": "1", "b": "2"}, 2020), zipped({"b": "2", "a": "1"}, 2021)
    outcome = compared(before, after, "r.zip")
    assert (outcome.grade, outcome.noise) == (NOISE, ("times of members", "order of members"))
    stored = zipped({"a": "1", "b": "2"}, 2020, zipfile.ZIP_STORED)
    assert compared(before, stored, "r.zip").noise == ("compression of the archive",)
    assert compared(tarred({"a": b"1"}, 1), tarred({"a": b"1"}, 2), "r.tar").noise == ("times of members",)


def test_members_are_compared_by_their_own_kind() -> None:
    before, after = (
        zipped({"x.npy": npy([1.0]), "y.npy": npy([2.0])}),
        zipped({"x.npy": npy([1.0]), "y.npy": npy([3.0])}),
    )
    assert compared(before, after, "a.npz").note == "y.npy: [0]: 2.0 → 3.0"
    assert compared(zipped({"a": "1"}), zipped({"a": "1", "b": "2"}), "r.zip").note == "b stands only in what is new"
    assert compared(tarred({"m.json": b"[1]"}), tarred({"m.json": b"[2]"}), "r.tar").note == "m.json: [0]: 1 → 2"


def test_the_time_in_a_gzip_header_is_noise_and_what_is_inside_has_its_own_kind() -> None:
    assert compared(gzipped("a\n", 1), gzipped("a\n", 2), "x.gz").noise == ("time in the gzip header",)
    assert compared(gzipped("a,b\n1,2\n"), gzipped("a,b\n1,3\n"), "x.csv.gz").note == "unpacked: row 2, column b: 2 → 3"
    inside = [gzipped(tarred({"m.json": text})) for text in (b"[1]", b"[2]")]
    assert compared(inside[0], inside[1], "x.tgz").note == "unpacked: m.json: [0]: 1 → 2"


def test_archives_that_unpack_to_too_much_are_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "UNPACKED", 1000)
    monkeypatch.setattr("gitprov.replay.compare.formats.streams.UNPACKED", 1000)
    bombs = [zipped({"a": bytes(2000) + bytes([n])}) for n in (1, 2)]
    assert compared(bombs[0], bombs[1], "b.zip").note == "unpacks to too much"
    assert "unpacks to more than" in compared(gzipped(bytes(2000)), gzipped(bytes(3000)), "b.gz").note


def test_archives_in_archives_are_opened_to_a_depth() -> None:
    before, after = b"1", b"2"
    for _ in range(5):
        before, after = zipped({"x.zip": before}), zipped({"x.zip": after})
    outcome = compared(before, after, "x.zip")
    assert outcome.grade == NOT_COMPARABLE
    assert outcome.note.endswith("archives inside archives, too deep")


def test_a_directory_of_members_that_is_too_large_is_not_read() -> None:
    good = zipped({"a": "1"})
    ending = good.rfind(b"PK\x05\x06")
    bad = good[: ending + 12] + struct.pack("<I", 1 << 30) + good[ending + 16 :]
    assert compared(good, bad, "r.zip").note == "its directory of members is too large"


def test_what_a_picture_says_beside_its_pixels_is_noise() -> None:
    outcome = compared(png(5, b"Software\0a"), png(5, b"Software\0b"), "f.png")
    assert (outcome.grade, outcome.noise) == (NOISE, ("text about the picture",))
    assert compared(png(level=0), png(level=9), "f.png").noise == ("compression of the picture",)


def test_dates_identifiers_and_offsets_of_a_pdf_are_noise_and_its_pages_are_not() -> None:
    before = pdf(b"0 0 m", "20260101", "aa")
    outcome = compared(before, pdf(b"0 0 m", "20260102120000Z", "bb"), "f.pdf")
    assert (outcome.grade, outcome.noise) == (NOISE, ("creation date", "document identifier"))
    assert compared(before, pdf(b"0 1 m", "20260101", "aa"), "f.pdf").note == "object 2 of the document differs"


def test_a_pdf_that_never_ends_what_it_begins_is_read_once() -> None:
    for endless in (b"/CreationDate (" * 20_000, b"stream\n" * 50_000, b"/ID [<" * 20_000, b"<xmp:aDate>" * 20_000):
        assert compared(b"%PDF-" + endless, b"%PDF-" + endless + b"x", "f.pdf").grade == DIFFERS


def test_a_pickle_is_never_loaded() -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, ...]:
            return (pytest.fail, ("a pickle was loaded",))

    before, after = (pickle.dumps((Trap(), n)) for n in (1, 2))
    for name in ("m.pkl", "m.joblib", "m.bin"):
        assert compared(before, after, name).note == "a pickle is never loaded"
    assert compared(gzipped(before), gzipped(after), "m.pkl.gz").note == "unpacked: a pickle is never loaded"


def test_compiled_python_may_have_another_time() -> None:
    before, later, other = b"3.11" + bytes(12) + b"code", b"3.11" + b"\1" * 12 + b"code", b"3.11" + bytes(12) + b"CODE"
    assert compared(before, later, "m.pyc").noise == ("time of the source",)
    assert compared(before, other, "m.pyc").grade == NOT_COMPARABLE


def test_the_date_in_a_matlab_file_is_noise() -> None:
    heads = (f"MATLAB 5.0 MAT-file Platform: posix, Created on: Fri Nov {day} 10:00:00 2026" for day in ("20", "21"))
    before, after = (head.encode().ljust(124) + b"\0\1IM\0data" for head in heads)
    assert compared(before, after, "m.mat").noise == ("creation date",)
    assert compared(before, after + b"x", "m.mat").grade == NOT_COMPARABLE


def test_times_of_hdf5_objects_are_noise_without_any_library() -> None:
    message = b"\x12\x00\x08\x00\x00\x00\x00\x00\x01\x00\x00\x00"
    before, after = (b"\x89HDF\r\n\x1a\n" + message + struct.pack("<I", when) + b"data" for when in (1, 2))
    assert compared(before, after, "h.h5").noise == ("times of HDF5 objects",)


def test_a_file_of_a_kind_that_is_not_known_says_where_it_begins_to_differ() -> None:
    outcome = compared(b"\0\1\2\3", b"\0\1\7\3", "x.bin")
    assert (outcome.grade, outcome.note.rpartition("; ")[2]) == (
        NOT_COMPARABLE,
        "the first byte that differs is number 3",
    )


def test_a_file_that_became_another_kind_differs() -> None:
    assert compared(png(), b"GIF89a", "f.png").note == "is image now, png is recorded"


def test_a_document_that_is_too_large_is_compared_by_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "_YAML_MOST", 4)
    assert compared("a: 1\nb: 2\n", "a: 1\nb: 3\n", "c.yaml").note == "line 2: b: 2 → b: 3"


def test_whatever_a_parser_raises_is_an_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    before, after = zipped({"a": "1"}), zipped({"a": "2"})

    def fails(_: object) -> NoReturn:
        raise MemoryError

    monkeypatch.setattr(zipfile, "ZipFile", fails)
    assert compared(before, after, "r.zip") == (NOT_COMPARABLE, "cannot be read: MemoryError", ())
    assert compared(before, before, "r.zip").grade == SAME


def test_the_same_content_in_other_bytes_is_never_called_the_same() -> None:
    assert compared(npy([1.0]), npy([1.0]) + b"!", "a.npy") == (NOISE, "", ("how the same content is written",))
