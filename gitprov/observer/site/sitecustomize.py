"""Starts the observer in every Python process of a run, then hands over to the user's own `sitecustomize`.

Python imports the first `sitecustomize` on its path; `git prov run` puts this one in front. Any Python may read it, so
it is written for all of them. The module takes itself out of `sys.path` and `sys.modules`: what comes after sees the
interpreter as it would have been.
"""

import os
import sys

_here = os.path.dirname(os.path.abspath(__file__))
_this = sys.modules.pop(__name__, None)  # held, as Python 2 empties a module that nobody holds
sys.path[:] = [_entry for _entry in sys.path if _entry != _here]
sys.path_importer_cache.pop(_here, None)

if sys.version_info >= (3, 8) and os.environ.get("GIT_PROV_EVENTS"):
    _thrifty = sys.dont_write_bytecode
    try:
        from _frozen_importlib import _load  # type: ignore[attr-defined]
        from _frozen_importlib_external import spec_from_file_location

        # Compiled once for each Python, beside our own files; the user's own modules go by the user's own rule.
        sys.dont_write_bytecode = False
        _package = os.path.dirname(_here)
        _load(
            spec_from_file_location(
                "_gitprov_observer", os.path.join(_package, "__init__.py"), submodule_search_locations=[_package]
            )
        )
        __import__("_gitprov_observer.start", fromlist=["begin"]).begin(os.environ["GIT_PROV_EVENTS"])
    except Exception:
        pass
    sys.dont_write_bytecode = _thrifty

# As Python would have done it: where there is none, or where it fails, `site` hears of it and knows what to do.
__import__(__name__)
