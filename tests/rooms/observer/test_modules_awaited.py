"""Being called back when the program imports a module, in interpreters of their own."""

import sys
from pathlib import Path

import pytest

from support.observed import OBSERVED, interpreters
from support.program import run_program

_BEGIN = """
import sys
from gitprov.observer.posthooks import when_imported
seen = []
def note(module): seen.append((module.__name__, getattr(module, 'value', None)))
def watching(): return any('posthooks' in type(finder).__module__ for finder in sys.meta_path)
"""
_PROJECT = Path(__file__).parents[3]


def _run(text: str, cwd: Path, interpreter: str = sys.executable) -> str:
    """Run a text that finds the observer, and nothing else of the project, and return what it says."""
    (cwd / "gitprov").mkdir()
    (cwd / "gitprov/__init__.py").touch()
    (cwd / "gitprov/observer").symlink_to(_PROJECT / "gitprov/observer")
    done = run_program(interpreter, "-c", _BEGIN + text, cwd=cwd, env={"PYTHONPATH": str(cwd)})
    assert done.status == 0, done.stderr
    return done.stdout.strip()


def test_the_callback_comes_right_after_the_module_and_once(tmp_path: Path) -> None:
    (tmp_path / "wanted.py").write_text("value = 1\n")
    said = _run(
        "when_imported('wanted', note); print(seen, watching())\n"
        "import json; import wanted; import wanted as again\n"
        "print(seen, watching()); import importlib; importlib.reload(wanted); print(seen)",
        tmp_path,
    )
    assert said.split("\n") == ["[] True", "[('wanted', 1)] False", "[('wanted', 1)]"]


def test_a_module_that_is_there_is_called_back_for_at_once(tmp_path: Path) -> None:
    assert _run("import json\nwhen_imported('json', note); print(seen, watching())", tmp_path) == (
        "[('json', None)] False"
    )


def test_the_module_has_the_loader_it_would_have_had(tmp_path: Path) -> None:
    (tmp_path / "wanted.py").write_text(
        "import inspect, sys\nvalue = 1\n"
        "during = (type(__loader__).__name__, vars(__loader__).keys() & {'exec_module'})\n"
        "source = inspect.getsource(sys.modules[__name__])[:6]\n"
    )
    said = _run(
        "when_imported('wanted', note); import wanted, importlib.machinery as m, pickle\n"
        "print(wanted.during, wanted.source, type(wanted.__spec__.loader) is m.SourceFileLoader,\n"
        "      wanted.__loader__ is wanted.__spec__.loader, vars(wanted.__loader__).keys() == {'name', 'path'})",
        tmp_path,
    )
    assert said == "('SourceFileLoader', set()) import True True True"


def test_looking_a_module_up_without_importing_it_calls_nobody(tmp_path: Path) -> None:
    (tmp_path / "wanted.py").write_text("value = 1\n")
    said = _run(
        "when_imported('wanted', note); import importlib.util\n"
        "spec = importlib.util.find_spec('wanted'); print(seen, type(spec.loader).__name__)\n"
        "import wanted; print(seen)\n"
        "module = importlib.util.module_from_spec(spec); spec.loader.exec_module(module); print(seen, module.value)",
        tmp_path,
    )
    assert said.split("\n") == ["[] SourceFileLoader", "[('wanted', 1)]", "[('wanted', 1)] 1"]


def test_a_lazily_loaded_module_is_called_back_for_when_it_loads(tmp_path: Path) -> None:
    (tmp_path / "wanted.py").write_text("value = 1\n")
    said = _run(
        "when_imported('wanted', note); import importlib.util as u\n"
        "spec = u.find_spec('wanted'); spec.loader = u.LazyLoader(spec.loader)\n"
        "module = u.module_from_spec(spec); sys.modules['wanted'] = module; spec.loader.exec_module(module)\n"
        "print(seen); module.value; print(seen)",
        tmp_path,
    )
    assert said.split("\n") == ["[]", "[('wanted', 1)]"]


def test_an_import_that_fails_is_waited_for_again(tmp_path: Path) -> None:
    (tmp_path / "wanted.py").write_text(
        "import os\nif 'READY' not in os.environ: raise ImportError('not yet')\nvalue = 2\n"
    )
    said = _run(
        "when_imported('wanted', note); import os\n"
        "try: import wanted\n"
        "except ImportError as error: print(error, seen)\n"
        "os.environ['READY'] = '1'; import wanted; print(seen)",
        tmp_path,
    )
    assert said.split("\n") == ["not yet []", "[('wanted', 2)]"]


def test_a_module_that_puts_another_in_its_place_is_handed_over_as_that(tmp_path: Path) -> None:
    (tmp_path / "wanted.py").write_text(
        "import sys, types\nother = types.ModuleType('other'); other.value = 3; sys.modules[__name__] = other\n"
    )
    assert _run("when_imported('wanted', note); import wanted; print(seen)", tmp_path) == "[('other', 3)]"


def test_a_callback_that_fails_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "wanted.py").write_text("value = 1\n")
    said = _run(
        "when_imported('wanted', lambda module: 1 / 0); when_imported('wanted', note); import wanted; print(seen)",
        tmp_path,
    )
    assert said == "[('wanted', 1)]"


def test_a_module_in_the_making_is_called_back_for_when_it_is_made(tmp_path: Path) -> None:
    (tmp_path / "wanted.py").write_text(
        "import __main__\n__main__.when_imported('wanted', __main__.note); before = list(__main__.seen); value = 4\n"
    )
    said = _run(
        "import wanted\ntry: import nothing_here\nexcept ImportError: pass\nprint(wanted.before, seen)",
        tmp_path,
    )
    assert said == "[] [('wanted', 4)]"


def test_modules_from_a_zip_a_finder_that_asks_all_finders_and_submodules_work(tmp_path: Path) -> None:
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack/__init__.py").touch()
    (tmp_path / "pack/part.py").write_text("value = 5\n")
    said = _run(
        "import importlib.util, zipfile\n"
        "with zipfile.ZipFile('z.zip', 'w') as z:\n"
        "    z.writestr('zipped.py', 'value = 6'); z.writestr('more.py', 'value = 7')\n"
        "sys.path.append('z.zip')\n"
        "class Asking:\n"
        "    busy = False\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if self.busy: return None\n"
        "        self.busy = True\n"
        "        try: return importlib.util.find_spec(name)\n"
        "        finally: self.busy = False\n"
        "sys.meta_path.insert(0, Asking())\n"
        "for name in ('pack.part', 'zipped', 'more'): when_imported(name, note)\n"
        "import pack.part, more, zipped; print(seen, watching())",
        tmp_path,
    )
    assert said == "[('pack.part', 5), ('more', 7), ('zipped', 6)] False"


def test_threads_that_import_at_once_make_one_callback(tmp_path: Path) -> None:
    (tmp_path / "wanted.py").write_text("import time\ntime.sleep(0)\nvalue = 1\n")
    said = _run(
        "import threading\n"
        "when_imported('wanted', note); gate = threading.Barrier(8)\n"
        "def work():\n"
        "    gate.wait(); import wanted; assert wanted.value\n"
        "threads = [threading.Thread(target=work) for _ in range(8)]\n"
        "[t.start() for t in threads]; [t.join() for t in threads]; print(seen)",
        tmp_path,
    )
    assert said == "[('wanted', 1)]"


@pytest.mark.parametrize("version", OBSERVED)
def test_it_works_in_every_python_from_3_8_on(version: str, tmp_path: Path) -> None:
    if version not in interpreters():
        pytest.skip(f"there is no Python {version} here")
    (tmp_path / "wanted.py").write_text("value = 1\n")
    said = _run("when_imported('wanted', note); import wanted; print(seen)", tmp_path, interpreters()[version])
    assert said == "[('wanted', 1)]"
