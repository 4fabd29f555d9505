"""The notebook that a process is the kernel of, as far as it knows: Jupyter's protocol does not tell a kernel."""

import os
import sys
from typing import Any

_SUFFIX = ".ipynb"


def shell() -> Any:  # noqa: ANN401 - IPython's, without importing it
    """Return the IPython shell that this process is; None where it is none."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython is not None and hasattr(ipython, "get_ipython") else None


def notebook() -> str:
    """Return the absolute path of the notebook that this process is the kernel of; empty where nobody has said."""
    running = shell()
    if running is None:
        return ""
    said = (running.user_ns.get("__vsc_ipynb_file__"), os.environ.get("JPY_SESSION_NAME"))  # VS Code, Jupyter's server
    paths = (os.path.abspath(path) for path in said if isinstance(path, str) and path.endswith(_SUFFIX))
    return next((path for path in paths if os.path.isfile(path)), "")


def line() -> dict[str, object]:
    """Return what a run's journal is to be told of the notebook."""
    if path := notebook():
        return {"notebooks": [path]}
    if hasattr(shell(), "kernel"):
        return {"missing": ["the notebook that this ran in: its kernel does not know the file"]}
    return {}


def command(argv: list[str]) -> list[str]:
    """Return the command of a kernel with the notebook in place of its connection file, which means nothing later."""
    path = notebook()
    if not path:
        return argv
    words = [word for word in argv if not word.startswith("-f") and not word.endswith(".json")]
    return [*words, os.path.relpath(path)]
