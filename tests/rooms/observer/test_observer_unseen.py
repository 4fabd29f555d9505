"""A program under the observer finds the interpreter that it would have found without."""

import json
import subprocess
import sys
import zipapp
from collections.abc import Mapping
from pathlib import Path

import pytest

from support.observed import OBSERVED, UNOBSERVED, interpreters, observe
from support.program import laid_over

_LOOK = """
import json, os, sys
print(json.dumps({
    "path": sys.path, "argv": sys.argv, "flags": str(sys.flags), "meta": len(getattr(sys, "meta_path", [])) > 0,
    "cache": sorted(key for key in sys.path_importer_cache if key.endswith("observer/site")),
    "site": sorted(name for name in sys.modules if name in ("sitecustomize", "usercustomize")),
    "bytecode": sys.dont_write_bytecode, "json": "json.tool" in sys.modules, "main": __name__,
    "descriptors": sorted(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else [],
}))
"""


def _interpreter(version: str) -> str:
    found = interpreters()
    if version not in found:
        pytest.skip(f"there is no Python {version} here")
    return found[version]


def _look(
    *argv: str | Path, cwd: Path, env: Mapping[str, str | None] | None = None, stdin: str = ""
) -> tuple[object, object]:
    """Return what a program sees without the observer, and with it."""
    import os

    bare = subprocess.run(
        argv, cwd=cwd, env=laid_over(os.environ, env or {}), input=stdin, text=True, capture_output=True, check=True
    )
    seen = observe(*argv, cwd=cwd, env=env, stdin=stdin)
    assert (seen.status, seen.stderr) == (0, bare.stderr)
    return json.loads(bare.stdout), json.loads(seen.stdout)


@pytest.mark.parametrize("version", [*OBSERVED, *UNOBSERVED])
def test_a_script_sees_the_same_path_flags_arguments_and_descriptors(version: str, tmp_path: Path) -> None:
    (tmp_path / "look.py").write_text(_LOOK)
    bare, seen = _look(_interpreter(version), "look.py", "--lr", "0.1", cwd=tmp_path)
    assert seen == bare


@pytest.mark.parametrize("version", OBSERVED)
def test_every_python_from_3_8_on_is_observed(version: str, tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text("x")
    seen = observe(_interpreter(version), "-bb", "-W", "error", "-c", "open('in.txt').close()", cwd=tmp_path)
    assert (seen.status, seen.stderr) == (0, "")
    assert seen.first.header["version"].startswith(f"{version}.")
    assert seen.first.header["argv"][-1] == "open('in.txt').close()"
    assert seen.paths("r", tmp_path) == {"in.txt"}
    assert len(seen.first.ends) == 1


@pytest.mark.parametrize("options", [[], ["-I"], ["-E"], ["-s"], ["-O"], ["-B"], ["-X", "dev"]])
def test_options_keep_their_meaning(options: list[str], tmp_path: Path) -> None:
    bare, seen = _look(sys.executable, *options, "-c", _LOOK, cwd=tmp_path)
    assert seen == bare


def test_with_no_site_at_all_the_program_runs(tmp_path: Path) -> None:
    assert observe(sys.executable, "-S", "-c", "print(1)", cwd=tmp_path)[:3] == (0, "1\n", "")


def test_a_module_a_text_on_standard_input_and_a_zip_application_run_alike(tmp_path: Path) -> None:
    package = tmp_path / "tool"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text(_LOOK)
    zipapp.create_archive(package, tmp_path / "tool.pyz")
    for argv, stdin in ((["-m", "tool"], ""), (["tool.pyz"], ""), (["-"], _LOOK)):
        bare, seen = _look(sys.executable, *argv, cwd=tmp_path, stdin=stdin)
        assert seen == bare


def test_an_interactive_interpreter_answers_alike(tmp_path: Path) -> None:
    seen = observe(sys.executable, "-i", "-q", cwd=tmp_path, stdin="print(6 * 7)\n")
    assert seen.stdout == "42\n"
    assert "Traceback" not in seen.stderr


@pytest.mark.parametrize("paths", [None, "", "lib", "lib:", ":lib", "lib::other"])
def test_a_python_path_of_the_users_own_stays_as_it_is(paths: str | None, tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    for safe in (None, "1"):
        bare, seen = _look(sys.executable, "-c", _LOOK, cwd=tmp_path, env={"PYTHONPATH": paths, "PYTHONSAFEPATH": safe})
        assert seen == bare


def test_a_virtual_environment_stays_one(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    interpreter = tmp_path / "venv/bin/python"
    bare, seen = _look(interpreter, "-c", _LOOK, cwd=tmp_path)
    assert seen == bare
    header = observe(interpreter, "-c", "pass", cwd=tmp_path).first.header
    assert header["prefixes"][0] == str(tmp_path / "venv")
    assert header["executable"] == str(interpreter)


@pytest.mark.parametrize("version", [*OBSERVED, *UNOBSERVED])
def test_the_users_own_sitecustomize_runs_and_is_the_one_that_is_known(version: str, tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/sitecustomize.py").write_text("import sys\nmine = list(sys.path)\n")
    (tmp_path / "lib/usercustomize.py").write_text("theirs = 1\n")
    ask = (
        "import sys, sitecustomize as s; print((s.__file__[-20:-3].rstrip('.'), [p for p in s.mine if 'gitprov' in p]))"
    )
    argv = (_interpreter(version), "-c", ask)
    seen = observe(*argv, cwd=tmp_path, env={"PYTHONPATH": str(tmp_path / "lib")})
    assert seen.stdout.strip() == "('lib/sitecustomize', [])"
    ask = "import sys; print('usercustomize' in sys.modules)"
    bare = subprocess.run(
        [argv[0], "-c", ask], env={"PYTHONPATH": str(tmp_path / "lib")}, text=True, capture_output=True, check=True
    )
    assert observe(argv[0], "-c", ask, cwd=tmp_path, env={"PYTHONPATH": str(tmp_path / "lib")}).stdout == bare.stdout


@pytest.mark.parametrize(
    "text", ["1 / 0", "import nowhere_to_be_found", "import sys; sys.exit(3)", "raise ImportError('sitecustomize')"]
)
def test_a_sitecustomize_that_fails_fails_as_ever(text: str, tmp_path: Path) -> None:
    import os

    (tmp_path / "sitecustomize.py").write_text(text)
    env = {"PYTHONPATH": str(tmp_path)}
    argv = [sys.executable, "-c", "print('on it goes')"]
    bare = subprocess.run(argv, env={**os.environ, **env}, text=True, capture_output=True, check=False)
    seen = observe(*argv, cwd=tmp_path, env=env)
    assert (seen.status, seen.stdout) == (bare.returncode, bare.stdout)
    if bare.returncode == 0:
        assert seen.stderr == bare.stderr


def test_without_a_directory_for_events_nothing_happens(tmp_path: Path) -> None:
    import os

    from gitprov.capture.injection import inject

    environ = dict(os.environ)
    inject(environ, str(tmp_path / "gone"), files=True)
    program = "import sys; open('out.txt', 'w').close(); print(sys.path[0] == '')"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environ, text=True, capture_output=True, check=True
    )
    assert (done.stdout, done.stderr) == ("True\n", "")
    assert not (tmp_path / "gone").exists()


def test_a_directory_that_goes_away_while_the_program_runs_stops_nothing(tmp_path: Path) -> None:
    program = (
        "import os, shutil; shutil.rmtree(os.environ['GIT_PROV_EVENTS'])\n"
        "for n in range(4000): open(f'{n}', 'w').close()\n"
        "pid = os.fork()\n"
        "if not pid: open('child', 'w').close(); raise SystemExit(0)\n"
        "print(os.waitpid(pid, 0)[1], len(os.listdir()))"
    )
    (tmp_path / "work").mkdir()
    seen = observe(sys.executable, "-c", program, cwd=tmp_path / "work")
    assert (seen.status, seen.stdout, seen.stderr) == (0, "0 4001\n", "")


def test_no_module_that_the_program_did_not_ask_for_is_loaded(tmp_path: Path) -> None:
    ask = "import sys; print(*sorted(sys.modules))"
    bare = subprocess.run([sys.executable, "-c", ask], text=True, capture_output=True, check=True).stdout.split()
    seen = observe(sys.executable, "-c", ask, cwd=tmp_path).stdout.split()
    extra = {name.partition(".")[0] for name in set(seen) - set(bare)}
    assert extra <= {"_gitprov_observer", "errno", "mmap", "atexit"}
