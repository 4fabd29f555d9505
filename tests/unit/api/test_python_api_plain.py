import argparse
import enum
import json
import math
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitprov.api.python import lines
from gitprov.model import plain
from gitprov.model.text import is_clean

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.complex_numbers(),
    lambda inner: st.lists(inner) | st.tuples(inner) | st.dictionaries(st.text() | st.integers(), inner),
)


class _Scalar:
    """What NumPy's, PyTorch's and JAX's values of one number have in common."""

    shape = ()
    dtype = "float32"

    def __init__(self, held: object) -> None:
        self.held = held

    def item(self) -> object:
        return self.held

    def tolist(self) -> object:
        return self.held


class _Array:
    def __init__(self, *held: float) -> None:
        self.held, self.shape, self.dtype = list(held), (len(held),), "float64"

    def item(self) -> float:
        if len(self.held) != 1:
            raise ValueError("only an array of one value is a number")
        return self.held[0]

    def tolist(self) -> list[float]:
        return self.held


class _Optimizer(enum.Enum):
    SGD = "sgd"


class _Odd:
    def __str__(self) -> str:
        raise RuntimeError("no words")

    def __float__(self) -> float:
        raise RuntimeError("no number")


@dataclass
class _Config:
    lr: float
    layers: tuple[int, ...]


class _Model:
    pass


def double(number: float) -> float:
    return 2 * number


@given(PLAIN)
def test_json_is_written_as_the_library_would_read_it(value: object) -> None:
    assert json.loads(lines.dumps(value)) == value


def test_what_is_not_plain_is_not_written() -> None:
    with pytest.raises(TypeError, match="complex is not plain data"):
        lines.dumps({"z": 1j})


@given(ANYTHING)
def test_any_value_becomes_json_whose_texts_may_stand_in_a_record(value: object) -> None:
    written = lines.dumps(plain.value(value))

    assert "NaN" not in written.replace('"NaN"', "")
    assert all(is_clean(text) for text in texts(json.loads(written)))


def texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for key, item in value.items() for text in (key, *texts(item))]
    return [text for item in value for text in texts(item)] if isinstance(value, list) else []


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (True, True),
        (3, 3),
        (2**70, str(2**70)),
        (0.1, 0.1),
        (math.inf, "Infinity"),
        (-math.inf, "-Infinity"),
        (math.nan, "NaN"),
        ("a\x1bb", r"a\x1bb"),
        (Path("data/train.csv"), "data/train.csv"),
        (b"caf\xe9", r"caf\xe9"),
        (_Optimizer.SGD, "sgd"),
        (Decimal("0.10"), "0.10"),
        ((1, {2}), [1, [2]]),
        (range(3), [0, 1, 2]),
        (_Scalar(7), 7),
        (_Array(1.0, math.nan), [1.0, "NaN"]),
        (_Array(*range(1000)), "_Array of shape (1000,), float64"),
        (_Config(0.1, (2, 3)), {"lr": 0.1, "layers": [2, 3]}),
        (argparse.Namespace(lr=0.1), {"lr": 0.1}),
        (SimpleNamespace(deep={"er": None}), {"deep": {"er": None}}),
        (double, f"{__name__}.double"),
        (_Model, f"{__name__}._Model"),
        (_Array, f"{__name__}._Array"),
        (_Model(), f"{__name__}._Model"),
        (_Odd(), f"{__name__}._Odd"),
    ],
)
def test_a_value_keeps_its_kind_where_json_has_one(given: object, expected: object) -> None:
    found = plain.value(given)

    assert found == expected
    assert type(found) is type(expected)


def test_a_value_that_holds_itself_comes_to_an_end() -> None:
    endless: list[object] = []
    endless.append(endless)

    assert lines.dumps(plain.value(endless))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (True, 1),
        (3, 3),
        (0.5, 0.5),
        (math.nan, "NaN"),
        (_Scalar(0.25), 0.25),
        (_Array(2.0), 2.0),
        (Decimal("0.5"), 0.5),
    ],
)
def test_a_result_is_a_number(given: object, expected: object) -> None:
    assert plain.number(given) == expected


@pytest.mark.parametrize("given", ["0.5", None, [1], {}, 1j, _Array(1.0, 2.0), _Odd(), _Scalar("high")])
def test_what_is_no_number_is_no_result(given: object) -> None:
    assert plain.number(given) is None


def test_nested_results_are_named_as_those_read_from_files() -> None:
    assert list(plain.metrics({"val": {"loss": 0.5, "top": {5: 1}}, "f1": 1})) == [
        ("val.loss", 0.5),
        ("val.top.5", 1),
        ("f1", 1),
    ]


def test_a_program_without_names_for_its_values_is_told_so() -> None:
    with pytest.raises(TypeError, match="a mapping of names to values is needed, not list"):
        plain.params([1])
    with pytest.raises(TypeError, match="a mapping of names to numbers is needed, not float"):
        list(plain.metrics(0.5))
