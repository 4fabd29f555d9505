"""What TensorBoard event files hold; run as a script by the interpreter of the run (Python 3.8 and later).

Reads `[most points, [paths]]` as JSON from standard input. Prints lines of JSON: a point `[file, tag, step, seconds,
value]`, or `{"file", "error"}`, or `{"missing": "tensorboard"}`. Nothing of this project is imported.
"""

from __future__ import annotations

import json
import os
import site
import sys
import types
from collections.abc import Iterator
from typing import Any, TextIO


def main() -> None:
    """Answer on what was standard output; what libraries print there goes to standard error."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    most, paths = json.load(sys.stdin.buffer)
    # TensorBoard reads files by TensorFlow where that is installed; its own reader starts in a tenth of the time
    sys.modules["tensorboard.compat.notf"] = types.ModuleType("tensorboard.compat.notf")
    with out:
        if _can_import() or _can_import(site.getusersitepackages()):  # -I leaves the person's own packages out
            _tell_all(paths, most, out)
        else:
            out.write('{"missing":"tensorboard"}\n')


def _can_import(directory: str = "") -> bool:
    if directory:
        site.addsitedir(directory)
    try:
        import tensorboard.backend.event_processing.event_file_loader  # noqa: F401
    except ImportError:
        return False
    return True


def _tell_all(paths: list[str], most: int, out: TextIO) -> None:
    for number, path in enumerate(paths):
        try:
            for tag, step, at, value in _scalars(path):
                if most <= 0:
                    return
                most -= 1
                out.write(json.dumps([number, tag, step, at, value]) + "\n")
        except Exception as error:  # noqa: BLE001 - whatever the package makes of a damaged file
            out.write(json.dumps({"file": number, "error": str(error) or type(error).__name__}) + "\n")


def _scalars(path: str) -> Iterator[Any]:
    """Yield tag, step, wall time and value. Old files (PyTorch's) hold numbers, new ones (TensorFlow 2) tensors."""
    from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
    from tensorboard.util import tensor_util

    plugins: dict[str, str] = {}  # told once, with the first value of a tag
    for event in EventFileLoader(path).Load():
        for value in event.summary.value:
            plugin = plugins.setdefault(value.tag, value.metadata.plugin_data.plugin_name)
            if plugin != "scalars" or not value.HasField("tensor"):
                continue
            array = tensor_util.make_ndarray(value.tensor)
            if array.size == 1:
                yield value.tag, event.step, event.wall_time, float(array.reshape(())[()])


if __name__ == "__main__":
    main()
