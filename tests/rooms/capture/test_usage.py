"""What a run used, from real children."""

import os
import sys
from typing import Any

import pytest

from gitprov.capture.machine.use import own_peak, usage

MIB = 1 << 20


def used_by(program: str) -> dict[str, Any]:
    inherited = own_peak()
    pid = os.posix_spawn(sys.executable, [sys.executable, "-IS", "-c", program], os.environ)
    _, status, used = os.wait4(pid, 0)
    assert status == 0
    return usage(used, inherited)


def test_the_memory_of_a_child_is_in_bytes() -> None:
    size = 2 * own_peak() * (1 if sys.platform == "darwin" else 1024) + 100 * MIB
    assert size < used_by(f"x = b'x' * {size}")["peak_memory"] < size + 100 * MIB


def test_our_own_memory_is_not_taken_for_the_childs() -> None:
    assert "peak_memory" not in used_by("pass")


def test_the_time_of_a_childs_own_children_counts() -> None:
    loop = "import time\nwhile time.process_time() < .2: pass"
    nested = (
        f"import os, sys; os.waitpid(os.posix_spawn(sys.executable, [sys.executable, '-IS', '-c', {loop!r}], {{}}), 0)"
    )
    assert used_by(nested)["cpu_seconds"] >= 0.2


def test_what_is_zero_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    class Used:
        ru_utime, ru_stime, ru_maxrss, ru_inblock, ru_oublock = 1.5, 0.25, 1000, 4, 0

    monkeypatch.setattr(sys, "platform", "linux")
    assert usage(Used) == {"cpu_seconds": 1.75, "system_seconds": 0.25, "peak_memory": 1024000, "read": 2048}  # type: ignore[arg-type]
    monkeypatch.setattr(sys, "platform", "darwin")
    assert usage(Used) == {"cpu_seconds": 1.75, "system_seconds": 0.25, "peak_memory": 1000}  # type: ignore[arg-type]
