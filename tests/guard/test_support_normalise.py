from pathlib import Path

from support.normalise import normalise

RUN = "9f2c1ab0" + "5" * 24


def test_named_paths_are_replaced_the_longest_first() -> None:
    assert normalise("/t/repo/data in /t", home=Path("/t"), data="/t/repo/data") == "<data> in <home>"


def test_a_named_id_is_replaced_with_its_abbreviations() -> None:
    assert normalise(f"{RUN[:7]} {RUN[:12]} {RUN}", run=RUN) == "<run> <run> <run>"


def test_what_only_begins_like_a_named_id_is_left() -> None:
    assert normalise(f"{RUN[:9]}e {RUN[:6]}", run=RUN) == f"{RUN[:9]}e {RUN[:6]}"


def test_ids_digests_and_object_ids_are_told_apart() -> None:
    text = f"{'a' * 32} {'b' * 40} {'c' * 64} b3:{'d' * 64}"

    assert normalise(text) == "<id> <oid> <oid> <digest>"


def test_moments_and_durations_are_replaced_in_every_form() -> None:
    assert normalise("2026-01-02T03:04:05.678Z, 2026-01-02 03:04:05 +0100") == "<time>, <time>"
    assert normalise("12 ms, 3.5s, 1 second, 40 seconds") == "<duration>, <duration>, <duration>, <duration>"


def test_what_does_not_change_is_left_as_it_is() -> None:
    text = "accuracy 0.931, 1048576 bytes, 3 runs, 2026-01-02"

    assert normalise(text) == text
