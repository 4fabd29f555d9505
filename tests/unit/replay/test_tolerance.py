import math

import pytest

from gitprov.errors import ConfigError, UsageError
from gitprov.replay.tolerance import ANY, DEFAULT, EXACT, Spread, Tolerance, Tolerances, from_flags, from_table, spread


def within(before: float, after: float, *flags: str, name: str = "accuracy") -> bool:
    return Tolerances(from_flags(flags)).judge(before, after, name).is_within


@pytest.mark.parametrize(
    ("text", "tolerance"),
    [
        ("0.01", Tolerance(absolute=0.01)),
        ("abs:0.01", Tolerance(absolute=0.01)),
        ("rel:1e-6", Tolerance(relative=1e-6)),
        ("2%", Tolerance(relative=0.02)),
        ("abs:0.01,rel:1e-6", Tolerance(0.01, 1e-6)),
        ("any", ANY),
        ("exact", EXACT),
    ],
)
def test_a_flag_is_an_absolute_number_unless_it_says_otherwise(text: str, tolerance: Tolerance) -> None:
    assert from_flags([f"val/acc={text}"]) == {"val/acc": tolerance}


def test_a_flag_without_a_name_is_the_default() -> None:
    assert Tolerances(from_flags(["rel:0.5"])).default == Tolerance(relative=0.5)


@pytest.mark.parametrize("text", ["", "a=", "a=abs:", "a=abs:2%", "a=-1", "a=1e999", "a=nan", "a=rel:x", "a=1.2.3"])
def test_a_flag_that_is_no_tolerance_is_refused_by_name(text: str) -> None:
    with pytest.raises(UsageError, match=r"--tolerance"):
        from_flags([text])


def test_the_settings_file_states_tolerances_as_tables_numbers_and_words() -> None:
    table = {"default": {"rel": 1e-6}, "accuracy": {"abs": 0.005}, "n": 2, "seconds": "any"}
    stated = from_table(table, "[tolerance] in .gitprov.toml")
    assert stated == {
        "default": Tolerance(relative=1e-6),
        "accuracy": Tolerance(absolute=0.005),
        "n": Tolerance(absolute=2),
        "seconds": ANY,
    }


@pytest.mark.parametrize("value", [{}, {"abs": -1}, {"abs": "x"}, {"max": 1}, {"rel": math.inf}, True, [1], "x"])
def test_a_setting_that_is_no_tolerance_is_refused_with_its_key(value: object) -> None:
    with pytest.raises(ConfigError, match=r"accuracy of \[tolerance\]"):
        from_table({"accuracy": value}, "[tolerance] in .gitprov.toml")


@pytest.mark.parametrize(
    ("value", "message", "hint"),
    [
        ({"abs": -1}, "abs of accuracy of [tolerance] in .gitprov.toml is -1, not a number from 0 on", "for example"),
        ({"rel": "2%"}, "rel of accuracy of [tolerance] in .gitprov.toml is '2%', not a number from 0 on", "example"),
        ({"max": 1}, "unknown key 'max' in accuracy of [tolerance] in .gitprov.toml", "known are: abs, rel"),
        ({"top5": {"abs": 1}}, "unknown key 'top5' in accuracy of [tolerance] in .gitprov.toml", "is quoted"),
        (
            "5 percent",
            "accuracy of [tolerance] in .gitprov.toml is '5 percent', which is neither abs:NUMBER",
            "example",
        ),
        (True, "accuracy of [tolerance] in .gitprov.toml is True, which is no tolerance", "for example"),
    ],
)
def test_a_wrong_setting_is_said_with_its_file_key_and_reason(value: object, message: str, hint: str) -> None:
    with pytest.raises(ConfigError) as raised:
        from_table({"accuracy": value}, "[tolerance] in .gitprov.toml")
    assert raised.value.message.startswith(message)
    assert hint in raised.value.hint


def test_a_number_just_inside_is_within_and_one_just_outside_is_not() -> None:
    assert within(0.931, 0.926, "accuracy=0.005")  # in floats the difference is a hair more than 0.005
    assert within(0.931, 0.936, "accuracy=abs:0.005")
    assert not within(0.931, 0.92599, "accuracy=0.005")
    assert within(200.0, 202.0, "accuracy=1%")
    assert not within(200.0, 202.001, "accuracy=1%")


def test_a_relative_tolerance_is_relative_to_what_is_recorded() -> None:
    assert within(100.0, 110.0, "accuracy=10%")
    assert not within(110.0, 100.0 - 1.01, "accuracy=10%")
    assert not within(0.0, 1e-300, "accuracy=rel:0.5")


def test_without_any_word_the_last_digits_may_differ_and_no_more() -> None:
    assert Tolerance(relative=1e-9) == DEFAULT
    assert within(0.1 + 0.2, 0.3)
    assert not within(0.3, 0.3000001)


def test_whole_numbers_must_be_equal_unless_a_tolerance_names_them() -> None:
    assert not within(10**12, 10**12 + 1)
    assert within(10**12, 10**12 + 1, "accuracy=1")
    assert not within(10**400, 10**400 + 1, "accuracy=rel:0.1")  # beyond every float


def test_nan_is_nan_and_infinities_are_equal_by_sign() -> None:
    assert Tolerances().judge(math.nan, math.nan).is_same
    assert Tolerances().judge(math.inf, math.inf).is_same
    assert not within(math.inf, -math.inf, "accuracy=abs:1e300")
    assert not within(math.nan, 0.5, "accuracy=abs:1e300")
    assert not within(0.5, math.nan, "accuracy=100%")
    assert within(0.5, math.nan, "accuracy=any")


def test_a_name_beats_a_pattern_and_a_flag_beats_the_file() -> None:
    flags, shared = from_flags(["val/*=0.1"]), {"val/loss": Tolerance(0.5), "val/l*": Tolerance(0.3), "v*": EXACT}
    assert Tolerances(flags, shared).named("val/loss") == Tolerance(0.1)
    assert Tolerances({}, shared).named("val/loss") == Tolerance(0.5)
    assert Tolerances({}, shared).named("val/lr") == Tolerance(0.3)
    assert Tolerances({}, shared).named("validity") == EXACT
    assert Tolerances({}, shared).named("test") is None


def test_several_recorded_runs_give_a_range_that_is_widened_by_the_mean_gap() -> None:
    found = spread([0.91, 0.92, 0.94, "NaN", None, True])
    assert found == Spread(0.91, 0.94, 3)
    tolerances = Tolerances(spreads={"accuracy": found})
    assert tolerances.judge(0.92, 0.954, "accuracy").is_within  # 0.94 and a gap of 0.015
    assert not tolerances.judge(0.92, 0.956, "accuracy").is_within
    assert "0.91..0.94 of 3 runs" in tolerances.judge(0.92, 0.956, "accuracy").words


def test_a_stated_tolerance_beats_the_spread_of_earlier_runs() -> None:
    tolerances = Tolerances(from_flags(["accuracy=0.001"]), spreads={"accuracy": Spread(0.5, 0.9, 2)})
    assert not tolerances.judge(0.7, 0.8, "accuracy").is_within


@pytest.mark.parametrize("values", [[], [0.5], [0.5, 0.5], [math.nan, math.inf, 1.0]])
def test_what_does_not_vary_has_no_spread(values: list[float]) -> None:
    assert spread(values) is None
