"""Seeds of Python's own `random`, in real interpreters."""

import sys
from pathlib import Path

import pytest

from support.adapting import listen


def test_each_seed_is_told_once_in_order(tmp_path: Path) -> None:
    heard = listen("import random\nfor seed in (3, 4, 3, 'text', 3): random.seed(seed)", where=tmp_path)
    assert heard.seeds == [("python", 3), ("python", 4), ("python", "text")]


def test_after_sixteen_seeds_it_is_only_told_that_there_were_more(tmp_path: Path) -> None:
    heard = listen("import random\nfor seed in range(1000): random.seed(seed)", where=tmp_path)
    assert heard.told == [*({"seed": {"python": seed}} for seed in range(16)), {"more_seeds": "python"}]


@pytest.mark.parametrize(
    ("lines", "unseeded"),
    [
        ("import random", []),
        ("import random; random.random()", ["python"]),
        ("from random import choice; choice([1, 2])", ["python"]),
        ("import random; random.seed(1); random.random()", []),
        ("import random; random.Random().random()", []),
        ("import random; random.setstate(random.Random(1).getstate()); random.random()", []),
        ("import tempfile, uuid; tempfile.mkdtemp(dir='.'); uuid.uuid4()", []),
    ],
)
def test_use_without_a_seed_is_told_at_the_end(tmp_path: Path, lines: str, unseeded: list[str]) -> None:
    assert listen(lines, where=tmp_path).ended.get("unseeded", []) == unseeded


def test_asking_for_fresh_randomness_is_told(tmp_path: Path) -> None:
    heard = listen("import random\nrandom.seed()\nrandom.seed(None)", where=tmp_path)
    assert heard.told == [{"unseeded": {"python": "random.seed()"}}]


def test_what_a_library_draws_while_it_is_imported_does_not_count(tmp_path: Path) -> None:
    library = tmp_path / "site-packages"
    library.mkdir()
    (library / "drawing.py").write_text("import random\nrandom.seed(9)\nrandom.random()")
    importing = "import random, sys; sys.path.append('site-packages'); import drawing\n"
    quiet = listen(importing, where=tmp_path)
    assert quiet.told == []
    assert "unseeded" not in quiet.ended


def test_what_the_program_draws_around_an_import_does_count(tmp_path: Path) -> None:
    (tmp_path / "site-packages").mkdir()
    (tmp_path / "site-packages" / "quiet.py").write_text("")
    program = "import random, sys; sys.path.append('site-packages'); random.random(); import quiet"
    assert listen(program, where=tmp_path).ended["unseeded"] == ["python"]


def test_a_seed_set_by_a_module_of_the_program_while_it_is_imported_counts(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text("import random\nrandom.seed(8)")
    assert listen("import model", where=tmp_path).seeds == [("python", 8)]


def test_use_by_packages_that_draw_waiting_times_and_names_does_not_count(tmp_path: Path) -> None:
    library = tmp_path / "site-packages" / "urllib3"
    library.mkdir(parents=True)
    (library / "__init__.py").write_text("import random\ndef wait(): return random.random()")
    program = "import sys; sys.path.insert(0, 'site-packages'); import urllib3; urllib3.wait()"
    assert "unseeded" not in listen(program, where=tmp_path).ended


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_a_forked_child_has_to_seed_anew(tmp_path: Path) -> None:
    program = """
import os, random, sys
random.seed(1)
if os.fork() == 0:
    random.random()
    sys.exit()
os.wait()
"""
    child, parent = listen(program, where=tmp_path).ends
    assert child["unseeded"] == ["python"]
    assert "unseeded" not in parent


def test_the_program_gets_the_same_numbers(tmp_path: Path) -> None:
    program = "import random\nrandom.seed(5)\nprint(random.random(), random.seed(6), random.random())"
    assert listen(program, where=tmp_path).output == "0.6229016948897019 None 0.793340083761663\n"


def test_the_function_looks_as_it_did(tmp_path: Path) -> None:
    program = """
import inspect, pickle, random
print(random.seed.__name__, inspect.signature(random.seed), bool(random.seed.__doc__))
print(pickle.loads(pickle.dumps(random.seed)) is random.seed)
try:
    random.seed([])
except TypeError as error:
    print(type(error).__name__)
"""
    output = listen(program, where=tmp_path).output.splitlines()
    assert output == ["seed (a=None, version=2) True", "True", "TypeError"]


def test_seeds_set_by_many_threads_are_all_told(tmp_path: Path) -> None:
    program = """
import random, threading
threads = [threading.Thread(target=random.seed, args=(seed,)) for seed in range(10) for _ in range(3)]
[thread.start() for thread in threads], [thread.join() for thread in threads]
"""
    assert {seed for _, seed in listen(program, where=tmp_path).seeds} == set(range(10))


def test_a_library_that_is_not_as_expected_is_left_as_it_is(tmp_path: Path) -> None:
    for name in ("numpy", "torch", "sklearn/utils", "fire", "click", "omegaconf"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "__init__.py").write_text("seed = 1")
    for name in ("numpy/random", "sklearn/__init__", "sklearn/utils/validation", "fire/core", "click/core"):
        (tmp_path / f"{name}.py").write_text("answer = 42")
    program = "import numpy.random, torch, sklearn.utils.validation, fire.core, click.core, omegaconf; print('went on')"
    heard = listen(program, where=tmp_path)
    assert (heard.status, heard.output) == (0, "went on\n")


def test_an_observation_that_begins_anew_knows_of_nothing_yet(tmp_path: Path) -> None:
    program = """
import inspect, random
from _gitprov_observer.adapters import install
from _gitprov_observer.posthooks import when_imported, when_sought
random.seed(3)
heard, ending = [], []
install(when_imported, when_sought, heard.append, ending.append)
random.seed(3)
print(heard, ending[0]().get("unseeded"), inspect.isfunction(random.seed.__wrapped__))
"""
    heard = listen(program, where=tmp_path)
    assert heard.output == "[{'seed': {'python': 3}}] None False\n"
    assert heard.seeds == [("python", 3)]
