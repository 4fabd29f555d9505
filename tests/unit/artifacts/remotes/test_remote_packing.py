import hashlib

from gitprov.artifacts.remotes import Item
from gitprov.artifacts.remotes.packing import cut, plan
from gitprov.artifacts.remotes.ranges import Run, runs
from gitprov.artifacts.remotes.ranges import cut as cut_out
from gitprov.artifacts.store.packindex import Where

KIB = 1 << 10
MIB = 1 << 20


def items(count: int, size: int) -> list[Item]:
    return sorted(Item(f"b3:{hashlib.sha256(str(n).encode()).hexdigest()}", size - n % 7) for n in range(count))


def test_a_second_try_makes_the_same_packs_whichever_have_arrived() -> None:
    wanted = items(4000, 60 * KIB)
    packs = list(cut(wanted))
    assert len(packs) > 5

    for arrived in (packs[:1], packs[1:2], packs[::2], packs[2:5], packs[-1:]):
        gone = {item for pack in arrived for item in pack}
        again = list(cut(item for item in wanted if item not in gone))
        assert again == [pack for pack in packs if pack not in arrived]


def test_a_pack_is_named_by_what_is_in_it() -> None:
    wanted = items(20, 100)

    assert plan(wanted).name == plan(list(wanted)).name
    assert plan(wanted).name != plan(wanted[1:]).name


def test_packs_hold_at_most_32_mib_of_files() -> None:
    assert all(sum(item.size for item in pack) <= 32 * MIB for pack in cut(items(3000, 64 * KIB - 1)))


def row(offset: int, length: int) -> tuple[bytes, Where]:
    return offset.to_bytes(32, "big"), Where(offset, length)


def test_neighbours_are_read_together_and_what_is_far_apart_is_not() -> None:
    rows = [row(9 * MIB, 10), row(0, 100), row(150, 50)]

    assert list(runs(rows, 100 * MIB)) == [Run(0, 200, [rows[1], rows[2]]), Run(9 * MIB, 9 * MIB + 10, [rows[0]])]


def test_a_pack_of_which_most_is_wanted_is_read_as_a_whole() -> None:
    size = 7 * MIB
    rows = [row(start, 60 * KIB) for start in range(0, size - MIB, 64 * KIB)]
    rows.append(row(size - 60 * KIB, 60 * KIB))

    assert [(run.start, run.stop) for run in runs(rows, size)] == [(0, size)]


def test_a_run_is_never_larger_than_a_piece() -> None:
    rows = [row(start, 64 * KIB) for start in range(0, 30 * MIB, 64 * KIB)]

    assert max(run.stop - run.start for run in runs(rows, 30 * MIB)) <= 8 * MIB


def test_objects_are_cut_out_of_a_run_even_where_rows_overlap_or_the_bytes_are_short() -> None:
    rows = [row(10, 4), row(12, 4), row(14, 0)]
    (run,) = runs(rows, 20)

    assert dict(cut_out(run, b"abcde")) == {rows[0][0]: b"abcd", rows[1][0]: b"cde", rows[2][0]: b""}
