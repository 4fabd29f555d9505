import pytest

from gitprov.capture.pathnames import place


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/home/ana/p/libs/b", "libs/b"),
        ("/home/ana/p", "."),
        ("/home/ana/else", "~/else"),
        ("/home/ana", "~"),
        ("/home/anaconda/x", "/home/anaconda/x"),
        ("/opt/caf\udce9", '"/opt/caf\\351"'),
    ],
)
def test_a_path_is_named_from_the_repository_or_from_home(path: str, shown: str) -> None:
    assert place(path, "/home/ana/p", "/home/ana") == shown


def test_without_either_it_stays_as_it_is() -> None:
    assert place("/home/ana/p", "", "") == "/home/ana/p"
