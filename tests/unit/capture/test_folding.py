from gitprov.capture.files.folding import Item, fold, fold_apart


def folded(*paths: str, most: int = 2) -> dict[str, list[str]]:
    """Fold paths below one root; what stands alone is under its own path."""
    groups = fold([Item("/r", path, path.upper()) for path in paths], most)
    return {
        group.items[0].path if group.directory is None else f"[{group.directory}]": [item.thing for item in group.items]
        for group in groups
    }


def test_a_few_paths_stand_alone() -> None:
    assert folded("a", "b") == {"a": ["A"], "b": ["B"]}
    assert folded() == {}


def test_many_paths_in_one_directory_become_the_directory() -> None:
    assert folded("d/a", "d/b", "d/c", "x") == {"[d]": ["D/A", "D/B", "D/C"], "x": ["X"]}


def test_paths_deeper_down_count_too() -> None:
    assert folded("d/a", "d/e/b", "d/e/f/c") == {"[d]": ["D/A", "D/E/B", "D/E/F/C"]}


def test_only_as_much_is_folded_as_needs_be() -> None:
    assert folded("d/e/a", "d/e/b", "d/e/c", "d/f/a") == {"d/f/a": ["D/F/A"], "[d/e]": ["D/E/A", "D/E/B", "D/E/C"]}


def test_folded_directories_fold_again() -> None:
    paths = [f"d{n}/{name}" for n in range(3) for name in "abc"]
    assert list(folded(*paths)) == ["[]"]


def test_each_root_is_folded_on_its_own() -> None:
    groups = fold([Item(root, path, None) for root in ("/", "/r") for path in ("a", "b")], 2)
    assert [(group.root, group.directory) for group in groups] == [("/", None)] * 2 + [("/r", None)] * 2


def test_the_whole_file_system_stands_for_nothing() -> None:
    groups = fold([Item("/", f"{name}/file", None) for name in "abc"], 2)
    assert [group.directory for group in groups] == [None] * 3


def test_kinds_fold_apart_and_share_the_directories_that_both_fold_to() -> None:
    def items(*paths: str) -> list[Item[None]]:
        return [Item("/r", path, None) for path in paths]

    few, many = items("d/1", "d/2"), items("d/a", "d/b", "d/c")
    groups = fold_apart([few, many], 2)
    assert [(group.directory, len(group.items)) for group in groups] == [(None, 1), (None, 1), ("d", 3)]

    groups = fold_apart([[*few, *items("d/3")], many], 2)
    assert [(group.directory, len(group.items)) for group in groups] == [("d", 6)]
