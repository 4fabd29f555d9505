"""The recorded words, and the programs that stand for them here."""

from gitprov.replay.command import argv_here

HERE = "/cache/env/bin/python"


def found(*command: str, programs: dict[str, str] | None = None, there: tuple[str, ...] = ()) -> list[str]:
    programs = programs or {}
    return argv_here(command, HERE, lambda name: programs.get(name, ""), is_there=lambda path: path in there)


def test_a_python_by_a_path_of_its_own_is_the_one_that_is_here() -> None:
    assert found("/home/ana/.venv/bin/python3", "train.py") == [HERE, "train.py"]
    assert found(".venv/bin/python", "-m", "x") == [HERE, "-m", "x"]
    assert found("/usr/bin/pypy3", "x") == [HERE, "x"]


def test_a_python_by_name_is_left_to_the_path_where_that_has_it() -> None:
    assert found("python3", "x", programs={"python3": "/bin/python3"}) == ["python3", "x"]
    assert found("python3.9", "x") == [HERE, "x"]


def test_a_command_of_an_environment_is_the_one_of_that_name_here() -> None:
    assert found("/home/ana/.venv/bin/pytest", "-q", programs={"pytest": "/e/bin/pytest"}) == ["/e/bin/pytest", "-q"]
    assert found(".venv/bin/tool") == [".venv/bin/tool"]


def test_a_program_of_the_code_itself_stays() -> None:
    assert found("bin/run", programs={"run": "/e/bin/run"}, there=("bin/run",)) == ["bin/run"]
    assert found("./train.sh", "python3") == ["./train.sh", "python3"]
