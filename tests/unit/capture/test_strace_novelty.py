from gitprov.capture.strace.novelty import Novelty

R, W, D, M, L = b"r", b"w", b"d", b"m", b"l"


def test_each_kind_is_told_once_of_a_path() -> None:
    novelty = Novelty()
    assert [novelty.is_new(kind, b"/f") for kind in (R, R, W, R, W)] == [True, False, True, False, False]


def test_removing_begins_afresh_and_is_told_once_itself() -> None:
    novelty = Novelty()
    assert [novelty.is_new(kind, b"/f") for kind in (W, D, D, W, D)] == [True, True, False, True, True]


def test_both_names_of_a_renamed_file_begin_afresh() -> None:
    novelty = Novelty()
    novelty.is_new(W, b"/a")
    novelty.is_new(R, b"/b")
    assert novelty.is_new(M, b"/a", b"/b")
    assert novelty.is_new(W, b"/a")
    assert novelty.is_new(R, b"/b")


def test_a_link_leaves_the_file_as_it_is() -> None:
    novelty = Novelty()
    novelty.is_new(R, b"/a")
    assert novelty.is_new(L, b"/a", b"/b")
    assert not novelty.is_new(R, b"/a")


def test_a_name_that_is_made_and_removed_for_ever_is_told_of_so_many_times() -> None:
    novelty = Novelty(most_repeated=10)
    told = sum(novelty.is_new(kind, b"/lock") for _ in range(1000) for kind in (W, D))
    assert 20 < told < 30
    assert novelty.is_new(M, b"/lock", b"/another")


def test_too_many_paths_are_passed_over_and_that_is_known() -> None:
    novelty = Novelty(most=3)
    assert [novelty.is_new(R, b"/%d" % n) for n in range(5)] == [True, True, True, False, False]
    assert novelty.is_full
    assert novelty.is_new(W, b"/0")
    assert not novelty.is_new(M, b"/0", b"/9")
