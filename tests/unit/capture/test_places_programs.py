import pytest

from gitprov.capture.files.programs import is_program


@pytest.mark.parametrize(
    "name",
    ["a.py", "A.R", "x.ipynb", "Makefile", "Snakefile", "CMakeLists.txt", "k.cu", "pyproject.toml", ".gitignore"],
)
def test_program_text_is_known_by_its_name(name: str) -> None:
    assert is_program(name)


@pytest.mark.parametrize(
    "name", ["a.csv", "config.yaml", "params.json", "README", "py", ".py", "x.py.txt", "a.npy", ""]
)
def test_all_else_is_data(name: str) -> None:
    assert not is_program(name)
