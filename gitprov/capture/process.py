"""The child: started so that terminal, standard streams, process group and signals are its own, and waited for.

The child stands in our process group, so whatever the terminal sends (Ctrl-C, Ctrl-Z, a hang-up) reaches it once and
directly. A signal that is sent to us alone is passed on. Its exit status is given back as a shell would give it.
"""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

NOT_FOUND = 127
NOT_EXECUTABLE = 126

_PASSED_ON = tuple(
    getattr(signal, name)
    for name in ("SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGINT", "SIGQUIT", "SIGWINCH", "SIGALRM", "SIGCONT")
    if hasattr(signal, name)
)
_FROM_KEYBOARD = (signal.SIGINT, signal.SIGQUIT)
_ENDING = (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP)
# Python ignores these for itself; the child gets them back as every program expects them.
_RESTORED = tuple(getattr(signal, name) for name in ("SIGPIPE", "SIGXFSZ") if hasattr(signal, name))
_silenced: dict[signal.Signals, Any] = {}
"""What we did at keyboard signals before a child had ended: one that is started again must not ignore them with us."""
_SENT_BY_PROCESS = 0  # SI_USER in <asm-generic/siginfo.h>; the terminal's own signals carry SI_KERNEL


class NotStarted(NamedTuple):
    """Why the command could not be started, and the status a shell gives for that."""

    status: int
    reason: str


class Ended(NamedTuple):
    """How the child ended."""

    status: int
    """Its exit status; 128 + N where signal N ended it, as shells say."""
    signal: str
    """The name of the signal that ended it, "" otherwise."""
    seconds: float
    used: Any = None
    """What the kernel counts of it and the children it waited for: a `resource.struct_rusage`."""


Under = Callable[[str, Sequence[str], Mapping[str, str]], tuple[str, Sequence[str]]]
"""From a program, its argv and its environment to the program and argv that run it under another one."""

_Waited = tuple[int, Any]  # the status as the kernel gives it, and what the child used


class Child:
    """A child process under way."""

    def __init__(self, pid: int, started: float, mask: set[signal.Signals] | None) -> None:
        self.pid = pid
        self.last_name = ""
        """What the kernel called the process when it had ended; empty where that cannot be learnt."""
        self.told_to_end = 0
        """The last signal that came to us meanwhile and is meant to end a program: Ctrl-C and its like."""
        self._started = started
        self._mask = mask

    def wait(self, *, after: float = 0.0, then: Callable[[], float] = lambda: 0.0) -> Ended:
        """Wait for the end, passing signals on.

        Should the child run `after` seconds, `then` is called, and again after as many more as it returns, if any.
        """
        try:
            waited, used = self._wait_by_signals(after, then) if self._mask is not None else self._wait_plainly()
        finally:
            self._end_of_signals()
        seconds = time.monotonic() - self._started
        if os.WIFSIGNALED(waited):
            number = os.WTERMSIG(waited)
            return Ended(128 + number, signal.Signals(number).name, seconds, used)
        return Ended(os.waitstatus_to_exitcode(waited), "", seconds, used)

    def _wait_by_signals(self, after: float, then: Callable[[], float]) -> _Waited:
        """All signals are blocked and taken one by one, with their sender, so that none is missed or doubled."""
        watched = {signal.SIGCHLD, *_PASSED_ON}
        while True:
            if os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                self.last_name = _name(self.pid)
                for number in signal.sigpending():  # it had ended before we came to wait
                    self._note(number)
                return os.wait4(self.pid, 0)[1:]
            info = signal.sigtimedwait(watched, after) if after else signal.sigwaitinfo(watched)
            if info is None:
                after = then()
            elif info.si_signo != signal.SIGCHLD:
                self._note(info.si_signo)
                if _is_for_us_alone(info):
                    self._send(info.si_signo)

    def _wait_plainly(self) -> _Waited:
        """Where the sender of a signal cannot be learnt: keyboard signals are the child's, the others passed on."""
        for number in _PASSED_ON:
            signal.signal(number, self._got)
        return os.wait4(self.pid, 0)[1:]

    def _end_of_signals(self) -> None:
        """From here on a Ctrl-C is for nobody: the child it was meant for is gone, and its run is being recorded.

        One that is still on its way (git passes on what it got) is dropped with it.
        """
        for number in _FROM_KEYBOARD:
            _silenced[number] = signal.signal(number, signal.SIG_IGN)
        if self._mask is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, self._mask)

    def _got(self, number: int, _frame: object) -> None:
        self._note(number)
        if number not in _FROM_KEYBOARD:
            self._send(number)

    def _note(self, number: int) -> None:
        if number in _ENDING:
            self.told_to_end = number

    def _send(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):  # it ended meanwhile; waiting tells
            os.kill(self.pid, number)


def _name(pid: int) -> str:
    try:
        with open(f"/proc/{pid}/comm", encoding="utf-8", errors="replace") as file:
            return file.read().rstrip("\n")
    except OSError:
        return ""


def _is_for_us_alone(info: "signal.struct_siginfo") -> bool:
    """Whether the child has not got this signal already.

    What the terminal sends, it sends to the whole group. `git prov` runs us from git, which passes a Ctrl-C it got
    from the terminal on to us: the child has that one already, too.
    """
    if info.si_code != _SENT_BY_PROCESS:
        return False
    return not (info.si_signo in _FROM_KEYBOARD and info.si_pid == os.getppid() and _in_foreground())


def _in_foreground() -> bool:
    try:
        terminal = os.open(os.ctermid(), os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)


def start(argv: Sequence[str], environ: Mapping[str, str], *, under: Under | None = None) -> Child | NotStarted:
    """Start the command in our own working directory, with our own standard streams; `under` another program."""
    program = _program(argv[0], environ.get("PATH", os.defpath))
    if not program:
        return _why_not(argv[0])
    first, arguments = under(program, argv, environ) if under else (program, argv)
    can_wait_by_signals = hasattr(signal, "sigtimedwait")
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD, *_PASSED_ON}) if can_wait_by_signals else None
    while _silenced:
        number, handler = _silenced.popitem()
        signal.signal(number, handler or signal.SIG_DFL)
    started = time.monotonic()
    try:
        pid = os.posix_spawn(
            first, list(arguments), environ, setsigmask=mask if mask is not None else [], setsigdef=_RESTORED
        )
    except OSError as error:
        if mask is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        if first != program:  # then without the other one
            return start(argv, environ)
        if error.errno == 8:  # ENOEXEC: a script without a first line, which shells run themselves
            return start(["/bin/sh", program, *argv[1:]], environ)
        return NotStarted(NOT_EXECUTABLE, f"{argv[0]}: {os.strerror(error.errno or 0)}")
    return Child(pid, started, mask)  # type: ignore[arg-type]


def _program(name: str, path: str) -> str:
    """The file that `execvp` would run, "" when there is none; `shutil.which` costs the import of its compressors."""
    places = [name] if "/" in name else [os.path.join(directory or ".", name) for directory in path.split(os.pathsep)]
    return next((place for place in places if os.path.isfile(place) and os.access(place, os.X_OK)), "")


def _why_not(name: str) -> NotStarted:
    if os.path.isdir(name):
        return NotStarted(NOT_EXECUTABLE, f"{name} is a directory")
    if os.path.exists(name) and "/" in name:
        return NotStarted(NOT_EXECUTABLE, f"{name} is not executable")
    return NotStarted(NOT_FOUND, f"{name}: command not found")
