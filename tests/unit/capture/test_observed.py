"""What processes told, as fields of the record."""

from typing import Any

import pytest

from gitprov.capture.files.touched import Process
from gitprov.capture.hashseed import hash_seed
from gitprov.capture.told.observed import observed


def process(*told: dict[str, Any], end: dict[str, Any] | None = None, **header: Any) -> Process:  # noqa: ANN401
    return Process({"pid": 1, "ppid": 0, "depth": 0, "argv": ["python", "train.py"], **header}, list(told), end)


def test_nothing_told_is_nothing_known() -> None:
    known = observed([], None)
    assert not any(known._replace(gpu_memory_peak=None))
    assert known.gpu_memory_peak is None


def test_one_seed_is_a_value_and_several_are_a_list_in_order() -> None:
    told = [{"seed": {"python": 3}}, {"seed": {"numpy": 5}}, {"seed": {"python": 1}}]
    known = observed([process(*told), process({"seed": {"python": 3}}, pid=2)], 42)
    assert known.seeds == {"declared": 42, "python": [3, 1], "numpy": 5}
    assert known.missing == []


def test_sixteen_seeds_are_recorded_and_that_there_were_more() -> None:
    words = ["torch was seeded with more than 16 values, recorded are the first"]
    many = [process({"seed": {"torch": rank}}) for rank in range(20)]
    known = observed(many, None)
    assert known.seeds == {"torch": list(range(16))}
    assert known.missing == words
    assert observed([process({"more_seeds": "torch"})], None).missing == words


@pytest.mark.parametrize(
    ("library", "words"),
    [
        ("python", "random was used without a seed: random.seed(N)"),
        ("numpy", "numpy.random was used without a seed: numpy.random.seed(N)"),
        ("torch", "torch was used without a seed: torch.manual_seed(N)"),
    ],
)
def test_use_without_a_seed_is_said_once_with_the_way_to_mend_it(library: str, words: str) -> None:
    end = {"unseeded": [library]}
    assert observed([process(end=end), process(end=end, pid=2)], None).missing == [words]


def test_a_declared_seed_that_was_not_taken_up_is_said() -> None:
    words = (
        'torch was used without a seed, though --seed 7 was given: torch.manual_seed(int(os.environ["GIT_PROV_SEED"]))'
    )
    assert observed([process(end={"unseeded": ["torch"]})], 7).missing == [words]


def test_a_missing_random_state_counts_only_where_the_global_generator_was_used_for_it() -> None:
    told = {"unseeded": {"sklearn": "random_state=None"}}
    assert observed([process(told, end={})], None).missing == []
    assert observed([process(told, end={"unseeded": ["numpy"]})], None).missing == [
        "numpy.random (by scikit-learn, where random_state is not given) was used without a seed: numpy.random.seed(N)"
    ]


def test_a_generator_made_without_a_seed_is_named_by_itself() -> None:
    told = {"unseeded": {"numpy": "numpy.random.default_rng()"}}
    words = "numpy.random.default_rng was used without a seed: numpy.random.default_rng(N)"
    assert observed([process(told)], None).missing == [words]


def test_what_a_launcher_draws_is_nobody_s_concern() -> None:
    launcher = process(end={"unseeded": ["python"]}, argv=["python", "/venv/bin/torchrun", "train.py"])
    assert observed([launcher], None).missing == []


def test_flags_are_those_of_the_program_and_memory_is_the_highest() -> None:
    flags = {"cudnn.benchmark": True, "threads.torch": 4}
    main = process(end={"determinism": flags, "gpu_memory_peak": 10, "versions": {"cuda": "12.4"}})
    worker = process(end={"determinism": {"threads.torch": 1}, "gpu_memory_peak": 30}, pid=2, ppid=1, depth=1)
    known = observed([main, worker], None)
    assert known.determinism == flags
    assert known.gpu_memory_peak == 30
    assert known.versions == {"cuda": "12.4"}


def test_linear_algebra_is_named_by_version_else_by_file() -> None:
    files = process(end={"blas_files": ["libopenblas.so.0"], "libraries": ["libfoo.so.1"]})
    told = process(end={"blas": ["openblas 0.3.30"]}, pid=2)
    assert observed([files, told], None).blas == ["openblas 0.3.30"]
    assert observed([files], None)[4:6] == (["libopenblas.so.0"], ["libfoo.so.1"])


def test_what_makes_no_sense_is_passed_over() -> None:
    told: list[dict[str, Any]] = [
        {"seed": 3},
        {"seed": {"python": {"a": 1}, "declared": 3, "hash": 4}},
        {"unseeded": [[]]},
        {"more_seeds": {}},
        {"params": [], "own": True},
    ]
    end: dict[str, Any] = {
        "determinism": [1],
        "versions": {"a": [], "digest": "b3:1"},
        "blas": {"b": 1},
        "libraries": [1, None, ["x"]],
        "gpu_memory_peak": "much",
        "unseeded": 3,
    }
    strange = process(*told, end=end, pid="x", depth=[], argv=3, launch=[], prefixes=3)
    assert observed([strange], None) == observed([], None)


def test_values_that_no_record_can_hold_become_text() -> None:
    told = {"seed": {"numpy": 2**127}}
    end = {"determinism": {"a\x1b": float("inf"), "b": "x" * 5000}}
    known = observed([process(told, end=end)], None)
    assert known.seeds == {"numpy": str(2**127)}
    assert known.determinism == {r"a\x1b": "Infinity", "b": "x" * 2000}


def test_a_hash_seed_is_drawn_only_where_none_is_set() -> None:
    drawn = hash_seed({}, lambda size: b"\x00\x00\x01\x02"[:size])
    assert (drawn.value, drawn.drawn, drawn.missing) == (258, True, "")
    assert hash_seed({"PYTHONHASHSEED": ""}, lambda size: b"\xff" * size)[:] == (2**32 - 1, True)
    assert hash_seed({"PYTHONHASHSEED": "0"}, lambda _: b"")[:] == (0, False)
    given = hash_seed({"PYTHONHASHSEED": "random"}, lambda _: b"")
    assert given[:] == ("random", False)
    assert given.missing.startswith("PYTHONHASHSEED is random: ")
