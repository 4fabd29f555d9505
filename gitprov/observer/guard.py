"""Whose exception it is. What goes wrong in the observer is its own affair; what a program raises is the program's.

A signal handler of the program may run, and raise, in the middle of a function of ours: a timeout, for instance. Such
an exception is on its way to the program and must not be held up.
"""

_OURS = __name__.rpartition(".")[0]
_CALLED = frozenset(
    (
        "os",
        "posixpath",
        "genericpath",
        "codecs",
        "urllib.parse",
        "importlib._bootstrap",
        "importlib._bootstrap_external",
    )
)
"""Modules written in Python that ours call."""


def is_ours(error: BaseException) -> bool:
    """Tell whether an exception that passed through our code arose there."""
    trace = error.__traceback__
    if trace is None or not isinstance(error, Exception):
        return False
    while trace.tb_next is not None:
        trace = trace.tb_next
    name = str(trace.tb_frame.f_globals.get("__name__", ""))
    return name in _CALLED or name == _OURS or name.startswith(f"{_OURS}.")
