"""Finding the Python interpreter that a command will run in, without running anything.

A virtual environment is its `bin/python`, a link that must not be resolved: the environment is where the link stands.
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from gitprov.capture.environment.conda import has_conda
from gitprov.capture.environment.finding import is_python, locate, shebang, upwards

_ASSIGNMENT: Final = r"([A-Za-z_]\w*)=(.*)"
_DEEPEST: Final = 8  # launchers in launchers; what is deeper is somebody's joke
_SHELLS: Final = frozenset({"sh", "bash", "dash", "zsh", "ksh", "ash"})
# Programs that run the command among their arguments: the first argument that leads to Python is taken for it.
_WRAPPERS: Final = frozenset({
    "caffeinate", "chrt", "command", "doas", "env", "exec", "gtimeout", "ionice", "nice", "nohup", "numactl", "perf",
    "setsid", "stdbuf", "strace", "sudo", "taskset", "time", "timeout", "unbuffer", "xvfb-run",
})  # fmt: skip
# Project managers, and where beside the project they keep its environment, if that is how they do it.
_PROJECT: Final = {
    "uv": ".venv", "pdm": ".venv", "rye": ".venv", "poetry": ".venv", "pipenv": ".venv", "pixi": ".pixi/envs/default",
    "hatch": "",
}  # fmt: skip
_SYNCING: Final = frozenset({"uv", "pdm", "rye", "hatch", "pixi"})  # bring it up to date whenever they run
_CONDA: Final = frozenset({"conda", "mamba", "micromamba"})


class Found(NamedTuple):
    """An interpreter and how it was found.

    `how` is `command`, `script` (its shebang line), `argument` (of a launcher), `project` (a manager's environment) or
    `PATH` (the command says nothing of Python).
    """

    path: str
    how: str


def find_interpreter(argv: Sequence[str], environ: Mapping[str, str], cwd: str) -> Found | None:
    """Return the interpreter that `argv`, started in `cwd` with `environ`, runs in; None where there is no Python.

    A command that does not lead to an interpreter gets the first `python3` or `python` on PATH, which it may or may
    not use; then that of VIRTUAL_ENV or CONDA_PREFIX.
    """
    return _follow(list(argv), environ, cwd, "command", 0) or _on_path(environ, cwd)


def is_late(argv: Sequence[str]) -> bool:
    """Tell whether a launcher may make or change the environment when it starts, as `uv run` does."""
    return any(os.path.basename(word) in _SYNCING for word in argv)


def conda_prefix(argv: Sequence[str], environ: Mapping[str, str], cwd: str) -> str:
    """Return the environment of conda, mamba or pixi that a command which is not Python's comes from; `""` for none."""
    words = _without_assignments(list(argv), environ)[1]
    name = os.path.basename(words[0]) if words else ""
    places: list[str] = []
    if name in _CONDA and "run" in words:
        places = _conda_places(words, environ, cwd)
    elif name == "pixi" and "run" in words:
        environment = _option(words, "-e", "--environment") or "default"
        places = [os.path.join(above, ".pixi/envs", environment) for above in upwards(cwd)]
    elif program := locate(words[0], environ, cwd) if words else "":
        places = [os.path.dirname(os.path.dirname(program))]
    places.append(environ.get("CONDA_PREFIX", ""))
    return next((place for place in places if has_conda(place)), "")


def _on_path(environ: Mapping[str, str], cwd: str) -> Found | None:
    prefixes = [prefix for name in ("VIRTUAL_ENV", "CONDA_PREFIX") if (prefix := environ.get(name))]
    for candidate in ("python3", "python", *(os.path.join(prefix, "bin/python") for prefix in prefixes)):
        if path := locate(candidate, environ, cwd):
            return Found(path, "PATH")
    return None


def _follow(words: list[str], environ: Mapping[str, str], cwd: str, how: str, depth: int) -> Found | None:
    environ, words = _without_assignments(words, environ)
    if not words or depth > _DEEPEST:
        return None
    name = os.path.basename(words[0])
    if is_python(name):
        path = locate(words[0], environ, cwd)
        return Found(path, how) if path else None
    if name in _SHELLS:
        return _in_shell_line(words, environ, cwd, depth)
    if name in _WRAPPERS:
        return _wrapped(words[1:], environ, cwd, "argument" if how == "command" else how, depth)
    if name in _CONDA and "run" in words:
        return _in_conda(words, environ, cwd)
    if name in _PROJECT and "run" in words:
        return _in_project(words, environ, cwd)
    return _by_shebang(words[0], environ, cwd, depth) or _among_arguments(words[1:], environ, cwd)


def _without_assignments(words: list[str], environ: Mapping[str, str]) -> tuple[Mapping[str, str], list[str]]:
    """Apply leading `NAME=value` words, as `env` and shells do."""
    taken: dict[str, str] = {}
    while words and (match := re.fullmatch(_ASSIGNMENT, words[0], re.DOTALL)):
        taken[match[1]] = match[2]
        words = words[1:]
    return ({**environ, **taken} if taken else environ), words


def _by_shebang(command: str, environ: Mapping[str, str], cwd: str, depth: int) -> Found | None:
    path = locate(command, environ, cwd)
    words = shebang(path) if path else []
    return _follow(words, environ, cwd, "script", depth + 1) if words else None


def _wrapped(words: list[str], environ: Mapping[str, str], cwd: str, how: str, depth: int) -> Found | None:
    for i, word in enumerate(words):
        if re.fullmatch(_ASSIGNMENT, word, re.DOTALL):
            environ, _ = _without_assignments([word], environ)
        elif word.startswith("-"):
            continue
        elif found := _follow([*word.split(), *words[i + 1 :]], environ, cwd, how, depth + 1):
            return found  # split: `env -S "python -u"` hands two words over as one
    return None


def _among_arguments(words: list[str], environ: Mapping[str, str], cwd: str) -> Found | None:
    """Look for an interpreter named outright, as after `mpirun -np 4`, `srun` or any other launcher."""
    for word in words:
        if is_python(word) and (path := locate(word, environ, cwd)):
            return Found(path, "argument")
    return None


def _in_shell_line(words: list[str], environ: Mapping[str, str], cwd: str, depth: int) -> Found | None:
    line = next((words[i + 1] for i, word in enumerate(words[:-1]) if re.fullmatch(r"-[a-z]*c", word)), "")
    for command in _simple_commands(line):
        if command[0] in ("source", ".") and len(command) > 1 and command[1].endswith("/activate"):
            command = [os.path.join(os.path.dirname(command[1]), "python")]  # noqa: PLW2901
        if found := _follow(command, environ, cwd, "argument", depth + 1):
            return found
    return None


def _simple_commands(line: str) -> Iterator[list[str]]:
    """Yield the commands of a shell line, roughly: words between `;`, `|`, `&` and parentheses."""
    import shlex

    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    command: list[str] = []
    try:
        for word in lexer:
            if set(word) <= set(";|&()\n"):
                if command:
                    yield command
                command = []
            else:
                command.append(word)
    except ValueError:  # an unclosed quote: what was read so far is all there is
        pass
    if command:
        yield command


def _in_project(words: list[str], environ: Mapping[str, str], cwd: str) -> Found | None:
    manager = os.path.basename(words[0])
    start = os.path.join(cwd, _option(words, "--directory", "--project", "-C") or ".")
    names = [environ.get("UV_PROJECT_ENVIRONMENT", "") if manager == "uv" else "", _PROJECT[manager]]
    places = [os.path.join(above, name) for above in upwards(os.path.normpath(start)) for name in names if name]
    active = environ.get("VIRTUAL_ENV", "")
    if active and manager in ("poetry", "pipenv"):
        places.insert(0, active)
    for place in places:
        if path := locate(os.path.join(place, "bin/python"), environ, cwd):
            return Found(path, "project")
    command = words[words.index("run") + 1 :]
    return _among_arguments([word for word in command if "/" in word], environ, cwd)


def _in_conda(words: list[str], environ: Mapping[str, str], cwd: str) -> Found | None:
    for place in _conda_places(words, environ, cwd):
        if path := locate(os.path.join(place, "bin/python"), environ, cwd):
            return Found(path, "project")
    return None


def _conda_places(words: list[str], environ: Mapping[str, str], cwd: str) -> list[str]:
    if prefix := _option(words, "-p", "--prefix"):
        return [os.path.join(cwd, prefix)]
    return _conda_prefixes(_option(words, "-n", "--name"), words[0], environ, cwd)


def _conda_prefixes(name: str, conda: str, environ: Mapping[str, str], cwd: str) -> list[str]:
    """Return where conda keeps an environment of that name; without a name, the active one."""
    program = environ.get("CONDA_EXE") or environ.get("MAMBA_EXE") or locate(conda, environ, cwd)
    root = environ.get("MAMBA_ROOT_PREFIX") or os.path.dirname(os.path.dirname(os.path.realpath(program)))
    if not name:
        return [environ.get("CONDA_PREFIX") or root]
    if name == "base":
        return [root]
    listed = (environ.get("CONDA_ENVS_PATH") or environ.get("CONDA_ENVS_DIRS") or "").split(os.pathsep)
    own = os.path.join(environ.get("HOME", ""), ".conda/envs")
    return [os.path.join(place, name) for place in (*listed, os.path.join(root, "envs"), own) if place]


def _option(words: list[str], *names: str) -> str:
    """Return the value of the first of these options before the command proper; `""` when it is not given."""
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word in names:
            return following
        name, equals, value = word.partition("=")
        if equals and name in names:
            return value
    return ""
