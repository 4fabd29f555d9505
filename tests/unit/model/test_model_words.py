import pytest

from gitprov.model.words import command_line, duration, number, size


def test_a_command_is_one_line_quoted_where_a_shell_would_need_it() -> None:
    assert command_line({"command": ["python", "a b.py", "--x=1", "it's", "", "$HOME"]}) == (
        "python 'a b.py' --x=1 'it'\\''s' '' '$HOME'"
    )
    assert command_line({}) == ""


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0.00s"),
        (0.421, "0.42s"),
        (9.99, "9.99s"),
        (42.4, "42s"),
        (59.7, "1m00s"),
        (723.4, "12m03s"),
        (11100, "3h05m"),
    ],
)
def test_a_length_of_time_is_said_as_people_would(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_numbers_are_said_at_the_precision_people_compare_by() -> None:
    assert [number(value) for value in (0.12345678, 3, 1e-9, "NaN")] == ["0.123457", "3", "1e-09", "NaN"]


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1 KiB"),
        (1536, "1.5 KiB"),
        (137438953472, "128 GiB"),
        (2**60, "1048576 TiB"),
    ],
)
def test_sizes_are_said_in_binary_units(count: int, said: str) -> None:
    assert size(count) == said
