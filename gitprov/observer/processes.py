"""Which programs this process starts, and which of them will not be observed though they are Python."""

import os
import stat
from time import monotonic_ns

from .protocol import EVENTS, EXECUTED, encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Union

    Words = Union[str, bytes, "os.PathLike[Any]", Sequence[Any]]

    from .paths import Paths
    from .writer import Writer

_SITE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "site")
_WITH_VALUE = "WX"
_LAST = "cm"
_KEEP_OUT = {"I": "-I", "E": "-E", "S": "-S"}
_LONGEST_LINE = 256
_PYTHONS = ("python", "pypy")


class Processes:
    """Tells of programs that are started; `handlers` are by audit event.

    `replaced` is called before this process becomes the program at a path.
    """

    def __init__(
        self,
        writer: "Writer",
        paths: "Paths",
        tell: "Callable[[Dict[str, Any]], None]",
        replaced: "Callable[[str], None]",
    ) -> None:
        self._writer = writer
        self._paths = paths
        self._tell = tell
        self._replaced = replaced
        self.handlers: Dict[str, Callable[..., None]] = {
            "subprocess.Popen": self._popen,
            "os.posix_spawn": self._spawned,
            "os.exec": self._executed,
            "os.system": self._system,
        }

    def _popen(self, executable: object, args: "Words", cwd: object, env: "Optional[Mapping[Any, Any]]") -> None:
        words = [args] if isinstance(args, (str, bytes, os.PathLike)) else list(args)
        self._started(executable or words[0], words, env, cwd)

    def _spawned(self, path: object, argv: "Sequence[Any]", env: "Optional[Mapping[Any, Any]]") -> None:
        self._started(path, list(argv), env)

    def _executed(
        self, path: "Union[int, str, bytes]", argv: "Sequence[Any]", env: "Optional[Mapping[Any, Any]]"
    ) -> None:
        if isinstance(path, int):
            path = f"/proc/self/fd/{path}"
        if os.access(self._paths.absolute(path), os.X_OK):  # or a name is being tried in one directory after another
            self._replaced(self._started(path, list(argv), env))

    def _system(self, command: object) -> None:
        self._started("/bin/sh", ["sh", "-c", command], None)

    def _started(
        self, executable: object, words: "List[Any]", env: "Optional[Mapping[Any, Any]]", cwd: object = None
    ) -> str:
        path = self._find(os.fsdecode(executable), env, cwd)  # type: ignore[arg-type]  # what is no path raises
        self._writer.send(encode(EXECUTED, monotonic_ns() // 1000, os.fsencode(path)))
        options = [os.fsdecode(word) for word in words[1:]]
        interpreter = path
        if not is_python(path):
            interpreter, *before = _first_line(path)
            options = before
        if is_python(interpreter):
            reason = kept_out_by(options) or lost_environment(os.environ if env is None else env)
            if reason:
                name = os.path.basename(path)
                self._tell({"gap": f"{name} was started {reason}: the files it used were not seen, declare them"})
        return path

    def _find(self, name: str, env: "Optional[Mapping[Any, Any]]", cwd: object) -> str:
        """Return the program's path, searched as the system does; the name alone where there is none."""
        if "/" in name:
            place = os.path.join(os.fsdecode(cwd), name) if cwd else name  # type: ignore[arg-type]
            return self._paths.absolute(place)
        for directory in os.get_exec_path(env):
            path = os.path.join(directory, name)
            if os.access(path, os.X_OK) and stat.S_ISREG(os.stat(path).st_mode):
                return self._paths.absolute(path)
        return name


def is_python(path: str) -> bool:
    """Tell by its name whether a program is a Python interpreter."""
    name = os.path.basename(path)
    return any(name.startswith(kind) and not name[len(kind) :].strip("0123456789.t") for kind in _PYTHONS)


def kept_out_by(options: "List[str]") -> str:
    """Return how the options of a Python interpreter keep the observer out, in words; `""` where they do not."""
    words = iter(options)
    for word in words:
        if not word.startswith("-") or word in ("-", "--"):
            break
        if word.startswith("--"):
            continue
        for place, letter in enumerate(word[1:], 2):
            if letter in _KEEP_OUT:
                return f"with {_KEEP_OUT[letter]}"
            if letter in _LAST:
                return ""
            if letter in _WITH_VALUE:
                if not word[place:]:
                    next(words, None)
                break
    return ""


def lost_environment(env: "Mapping[Any, Any]") -> str:
    """Return how an environment keeps the observer out of a Python interpreter, in words."""
    variables = {os.fsdecode(name): os.fsdecode(value) for name, value in env.items()}
    if not variables.get(EVENTS):
        return "without the run's environment"
    if _SITE not in variables.get("PYTHONPATH", "").split(os.pathsep):
        return "with a PYTHONPATH of its own"
    return ""


def _first_line(path: str) -> "List[str]":
    """Return the interpreter that a script names, and its options."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)  # it may be a pipe that nobody writes to
    try:
        start = os.read(fd, _LONGEST_LINE)
    finally:
        os.close(fd)
    if not start.startswith(b"#!"):
        return [""]
    words = os.fsdecode(start[2:].split(b"\n")[0]).split()
    if words and os.path.basename(words[0]) == "env":
        words = [word for word in words[1:] if word != "-S" and "=" not in word]
    return words or [""]
