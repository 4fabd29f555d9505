"""The GPUs that a run may use, from what the drivers publish; NVIDIA's own program is asked only where they do not."""

import os
import re
import subprocess
from collections.abc import Mapping
from typing import Final, NamedTuple

from gitprov.capture.finding import locate

_PATIENCE: Final = 5.0  # seconds; a driver that wakes up may need one or two
_QUERY: Final = ("--query-gpu=name,uuid,driver_version", "--format=csv,noheader")
_NVIDIA: Final = "proc/driver/nvidia"
_AMD: Final = "sys/class/kfd/kfd/topology/nodes"


class Gpu(NamedTuple):
    """One GPU: its name, its unique id and its driver's version, the last two where they are known."""

    name: str
    uuid: str = ""
    driver: str = ""

    def __str__(self) -> str:
        """Return how it is recorded: `NVIDIA H200 (driver 550.54.15)`."""
        return f"{self.name} (driver {self.driver})" if self.driver else self.name


def fingerprint(environ: Mapping[str, str], root: str = "/") -> str:
    """Return text that changes when the list of GPUs may have: devices, drivers, the program to ask; `""` for none."""
    places = [*_entries(os.path.join(root, "dev")), *_entries(os.path.join(root, _NVIDIA, "gpus"))]
    devices = [place for place in places if os.path.basename(place).startswith(("nvidia", "kfd", "dxg", "0"))]
    if not devices:
        return ""
    drivers = [_text(os.path.join(root, f"sys/module/{name}/version")) for name in ("nvidia", "amdgpu")]
    return " ".join([*devices, *drivers, environ.get("PATH", "")])


def list_gpus(environ: Mapping[str, str], root: str = "/") -> list[Gpu]:
    """Return the GPUs of this machine or container, in the order of their places on the bus."""
    return (_nvidia(root) or _nvidia_smi(environ)) + _amd(root)


def visible(gpus: list[Gpu], environ: Mapping[str, str]) -> list[Gpu]:
    """Return those of the GPUs that CUDA_VISIBLE_DEVICES leaves to the run.

    All, where that cannot be told: by default CUDA counts the fastest first, and we do not know which that is.
    """
    chosen = environ.get("CUDA_VISIBLE_DEVICES")
    if chosen is None:
        return gpus
    nvidia = [gpu for gpu in gpus if gpu.name.startswith("NVIDIA")]
    others = [gpu for gpu in gpus if gpu not in nvidia]
    is_ordered = environ.get("CUDA_DEVICE_ORDER") == "PCI_BUS_ID" or len({gpu.name for gpu in nvidia}) < 2
    kept: list[Gpu] = []
    for choice in chosen.split(","):
        one = _chosen(choice.strip(), nvidia)
        if one is None:  # CUDA ignores an invalid choice and all after it
            break
        if choice.strip().isdigit() and not is_ordered:
            return gpus
        kept.append(one)
    return kept + others


def _chosen(choice: str, gpus: list[Gpu]) -> Gpu | None:
    if choice.isdigit():
        return gpus[int(choice)] if int(choice) < len(gpus) else None
    matches = [gpu for gpu in gpus if choice and gpu.uuid.startswith(choice)]
    return matches[0] if len(matches) == 1 else None


def _nvidia(root: str) -> list[Gpu]:
    """Read what the NVIDIA driver publishes on Linux; in a container, the GPUs that were handed to it."""
    driver = _text(os.path.join(root, "sys/module/nvidia/version"))
    if not driver:
        match = re.search(r"\b\d{3}\.\d+(?:\.\d+)?\b", _text(os.path.join(root, _NVIDIA, "version")))
        driver = match[0] if match else ""
    gpus = []
    for place in _entries(os.path.join(root, _NVIDIA, "gpus")):
        fields = _fields(os.path.join(place, "information"), ":")
        if name := fields.get("Model"):
            uuid = fields.get("GPU UUID", "")
            gpus.append(Gpu(_branded(name), "" if "?" in uuid else uuid, driver))
    return gpus


def _nvidia_smi(environ: Mapping[str, str]) -> list[Gpu]:
    program = locate("nvidia-smi", environ, "/")
    if not program:
        return []
    try:
        answer = subprocess.run(
            [program, *_QUERY],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            env=environ,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return []
    rows = (row.split(", ") for row in answer.stdout.decode("utf-8", "replace").splitlines())
    return [Gpu(_branded(row[0].strip()), row[1].strip(), row[2].strip()) for row in rows if len(row) == 3]


def _branded(name: str) -> str:
    return name if name.startswith("NVIDIA") else f"NVIDIA {name}"


def _amd(root: str) -> list[Gpu]:
    """Read the compute nodes that AMD's kernel driver publishes; the name is that of the instruction set."""
    driver = _text(os.path.join(root, "sys/module/amdgpu/version"))
    gpus = []
    for node in _entries(os.path.join(root, _AMD)):
        fields = _fields(os.path.join(node, "properties"), " ")
        version = fields.get("gfx_target_version", "")
        if fields.get("simd_count", "0") == "0" or not version.isdigit():
            continue  # a processor
        major, minor, step = int(version) // 10000, int(version) // 100 % 100, int(version) % 100
        gpus.append(Gpu(f"AMD gfx{major}{minor:x}{step:x}", fields.get("unique_id", ""), driver))
    return gpus


def _entries(directory: str) -> list[str]:
    try:
        return [os.path.join(directory, name) for name in sorted(os.listdir(directory))]
    except OSError:
        return []


def _fields(path: str, separator: str) -> dict[str, str]:
    parts = (line.partition(separator) for line in _text(path).splitlines())
    return {name.strip(): value.strip() for name, _, value in parts}


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read(8192).strip()
    except OSError:
        return ""
