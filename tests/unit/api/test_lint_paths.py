"""Which paths in a text are on one machine only."""

import pytest

from gitprov.api.linting.absolute import find

TOP = "/srv/repo"


@pytest.mark.parametrize(
    ("text", "path", "why"),
    [
        ("data: /home/ana/x.csv", "/home/ana/x.csv", "it is in one person's home directory"),
        ('"p": "/Users/ana/x",', "/Users/ana/x", "it is in one person's home directory"),
        ("x = ~/data/x", "~/data/x", "it is in one person's home directory"),
        ("x = ~ana/data", "~ana/data", "it is in one person's home directory"),
        ("x: C:\\Users\\ana\\data", "C:\\Users\\ana\\data", "it is in one person's home directory"),
        ('"x": "D:\\\\data\\\\y"', "D:\\\\data\\\\y", "it is on one machine only"),
        ("x: C:/Users/ana", "C:/Users/ana", "it is in one person's home directory"),
        ("x: /content/drive/MyDrive/x", "/content/drive/MyDrive/x", "it is there in one notebook service only"),
        ("[/scratch/u/x, b]", "/scratch/u/x", "it is on one machine only"),
        ("x: file:///mnt/disk/a", "/mnt/disk/a", "it is on one machine only"),
        ("x: /tmp/out/x", "/tmp/out/x", "what is there does not last"),
        (f"x: {TOP}/data", f"{TOP}/data", "it is where this clone happens to be"),
        (f"x: {TOP}", TOP, "it is where this clone happens to be"),
    ],
)
def test_such_a_path_is_found_with_its_line(text: str, path: str, why: str) -> None:
    assert [found[:3] for found in find(f"# a\n{text}\n", TOP)] == [(path, 2, why)]


@pytest.mark.parametrize(
    "text",
    [
        "x: ./data/x", "x: data/home/y", "x: https://host/home/ana", "x: ${ROOT}/data/x", "x: $HOME/data/x",
        "x: /usr/bin/env", "x: /api/v1", "x: #/definitions/home/x", "x: s3://b/data/x", "x: a:/b",
        "x: ana@host:/home/x", "x: 12:30", f"x: {TOP}-other/y", "x: ../data/x",
        "x: %(here)s/data/x", "x: ~", "x: /", "",
    ],
)  # fmt: skip
def test_any_other_is_left_alone(text: str) -> None:
    assert list(find(text, TOP)) == []


def test_inside_the_repository_there_is_a_better_way_to_say_it() -> None:
    (found,) = find(f"a: {TOP}/conf/a.yaml", TOP)

    assert found.instead == "write conf/a.yaml, from the top of the repository"
