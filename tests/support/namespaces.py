"""Whether this machine lets bubblewrap do its work."""

import shutil
import subprocess

import pytest


def _works() -> bool:
    program = shutil.which("bwrap")
    if program is None:
        return False
    words = [program, "--ro-bind", "/", "/", "--unshare-net", "--unshare-pid", "--proc", "/proc", "true"]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


needs_bubblewrap = pytest.mark.skipif(not _works(), reason="bubblewrap is not here, or may not make namespaces")
