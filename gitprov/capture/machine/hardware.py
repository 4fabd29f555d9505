"""The machine a run uses: processor, granted cores and memory, GPUs. What is not known is left out, never guessed.

What cannot change while the machine is up is remembered until it is started again; the rest is read every time. No
name of the machine or of anybody is recorded.
"""

import json
import os
import subprocess
from collections.abc import Mapping
from typing import Any, Final

from gitprov.capture import disposable
from gitprov.capture.machine import cgroups, gpus

_CPU_FIELDS: Final = ("model name", "cpu model", "cpu", "uarch")  # x86; MIPS; POWER; RISC-V
_FORMAT: Final = 2
# Instructions that libraries choose their kernels by, so that sums come out in another order: x86, then Arm.
_FLAGS: Final = ("avx", "amx", "sse4", "fma", "f16c", "asimd", "sve", "sme", "neon", "bf16", "i8mm", "fphp")
_OTHERS: Final = frozenset({"smep"})  # begins like one of them


def hardware(cache_dir: str, environ: Mapping[str, str], root: str = "/") -> dict[str, Any]:
    """Return the record's `hardware`: `machine`, `cpu`, `flags`, `cores`, `memory` (bytes), `gpus`.

    `cores` and `memory` are what the process may use: its affinity and its control groups count. `environ` says where
    `nvidia-smi` is and which GPUs are left to the run; `root` stands for `/`.
    """
    static = _static(cache_dir, environ, root)
    found = {
        "machine": os.uname().machine,
        "cpu": static["cpu"],
        "flags": static["flags"],
        "cores": _cores(root),
        "memory": _memory(root),
        "gpus": [str(gpu) for gpu in gpus.visible([gpus.Gpu(*gpu) for gpu in static["gpus"]], environ)],
    }
    return {name: value for name, value in found.items() if value}


def _static(cache_dir: str, environ: Mapping[str, str], root: str) -> dict[str, Any]:
    """Return `cpu`, `flags` and `gpus`, remembered for as long as the machine is up and its devices are the same."""
    path = os.path.join(cache_dir, "hardware.json")
    key = [_FORMAT, _boot(root), gpus.fingerprint(environ, root)]
    try:
        with open(path, "rb", buffering=0) as file:
            known_key, static = json.loads(file.readall() or b"")
        if known_key == key and _is_static(static):
            return dict(static)
    except (OSError, ValueError, TypeError, KeyError):
        pass  # absent or damaged: found out again
    static = {**_cpu(root), "gpus": gpus.list_gpus(environ, root) if key[2] else []}
    disposable.write(path, json.dumps([key, static]).encode())
    return static


def _boot(root: str) -> str:
    """Return what identifies this start of this machine; on systems without that, the machine and its kernel."""
    try:
        with open(os.path.join(root, "proc/sys/kernel/random/boot_id"), encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        system = os.uname()
        return f"{system.nodename} {system.version}"


def _is_static(static: dict[str, Any]) -> bool:
    return isinstance(static["cpu"], str) and all(isinstance(static[name], list) for name in ("flags", "gpus"))


def _cpu(root: str) -> dict[str, Any]:
    """Return `cpu`, the processor's name, and `flags`, those of its instructions that change numbers."""
    try:
        with open(os.path.join(root, "proc/cpuinfo"), encoding="utf-8", errors="replace") as file:
            lines = file.read(8192).splitlines()  # the first processor; reading all of a large machine takes long
    except OSError:
        return {"cpu": _cpu_by_sysctl(), "flags": []}
    pairs = (line.partition(":") for line in reversed(lines))
    fields = {name.strip(): value.strip() for name, _, value in pairs}
    told = (fields.get("flags") or fields.get("Features") or "").split()
    return {
        "cpu": _name(fields),
        "flags": sorted(flag for flag in told if flag.startswith(_FLAGS) and flag not in _OTHERS),
    }


def _name(fields: Mapping[str, str]) -> str:
    named = next((fields[name] for name in _CPU_FIELDS if fields.get(name)), "")
    if named or not fields.get("CPU part"):
        return " ".join(named.split())
    # 64-bit Arm has numbers for names
    return f"implementer {fields.get('CPU implementer', '?')} part {fields['CPU part']}"


def _cpu_by_sysctl() -> str:
    """Ask a BSD or macOS; `""` elsewhere."""
    command = ["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"]
    try:
        answer = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=5, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.stdout.decode("utf-8", "replace").strip()


def _cores(root: str) -> int:
    try:
        granted = len(os.sched_getaffinity(0))
    except (AttributeError, OSError):
        granted = os.cpu_count() or 0
    quota = cgroups.cores(root)
    return min(granted, quota) if quota else granted


def _memory(root: str) -> int:
    try:
        physical = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        physical = 0
    limit = cgroups.memory(root)
    return min(physical, limit) if limit and physical > 0 else max(physical, 0)
