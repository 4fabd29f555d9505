"""What is learned from libraries inside the user's program: one thin module for each.

An adapter has `watch(module, reports)`, called once, right after its library has been imported. It puts functions of
its own in the place of a few of the library's, never classes; they call what was there first, hand on what it gave,
and swallow every error of their own. Nothing here draws a random number.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def load(name: str) -> "Any":
    """Return one of the modules here, loaded only now: most programs use few of the libraries."""
    # `__import__`, because `importlib` is a module that most programs never load.
    return __import__(f"{__name__}.{name}", fromlist=[name])
