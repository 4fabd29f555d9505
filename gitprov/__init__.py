"""Provenance of research and machine-learning results, kept inside Git.

What a program uses, with `import gitprov`, stands in `gitprov.api.python`; it is imported when it is first used.
"""

__version__ = "0.1.0"

__all__ = [
    "ProvWarning",
    "Run",
    "current_run",
    "log_figure",
    "log_input",
    "log_metrics",
    "log_output",
    "log_params",
    "log_split",
    "run",
    "set_tags",
]

TYPE_CHECKING = False  # as type checkers read it; `typing` costs more than all that a program in a run needs of us
if TYPE_CHECKING:
    from gitprov.api.python.face import (
        ProvWarning,
        Run,
        current_run,
        log_figure,
        log_input,
        log_metrics,
        log_output,
        log_params,
        log_split,
        run,
        set_tags,
    )

_EXTENSION = ("load_ipython_extension", "unload_ipython_extension")
"""What `%load_ext gitprov` looks for."""

if not TYPE_CHECKING:  # they know the names from above, and that there are no others

    def __getattr__(name: str) -> object:
        """Import what a program asks for."""
        if name in __all__:
            from gitprov.api.python import face

            return getattr(face, name)
        if name in _EXTENSION:
            import importlib  # by name: whoever asks for our version does not stand above the integrations

            return getattr(importlib.import_module("gitprov.integrations.ipython"), name)
        raise AttributeError(f"module 'gitprov' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
