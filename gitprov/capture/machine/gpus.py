"""The GPUs that a run may use: NVIDIA's from its own program, else from what the driver publishes; AMD's likewise."""

import os
import re
import subprocess
from collections.abc import Mapping
from typing import Final, NamedTuple

from gitprov.capture.environment.finding import locate

_PATIENCE: Final = 5.0  # seconds; a driver that wakes up may need one or two
_FIELDS: Final = "name,uuid,driver_version"
# Drivers before 510 refuse the whole question for the fields they do not know.
_MORE_FIELDS: Final = f"{_FIELDS},compute_cap,mig.mode.current"
_NVIDIA: Final = "proc/driver/nvidia"
_AMD: Final = "sys/class/kfd/kfd/topology/nodes"


class Gpu(NamedTuple):
    """One GPU, or one instance that a GPU was divided into: its name, and what else is known of it."""

    name: str
    uuid: str = ""
    driver: str = ""
    """Version of the driver."""
    compute: str = ""
    """NVIDIA's compute capability."""

    def __str__(self) -> str:
        """Return how it is recorded: `NVIDIA H200 (driver 550.54.15, compute 9.0)`."""
        known = [f"{label} {value}" for label, value in (("driver", self.driver), ("compute", self.compute)) if value]
        return f"{self.name} ({', '.join(known)})" if known else self.name


def fingerprint(environ: Mapping[str, str], root: str = "/") -> str:
    """Return text that changes when the list of GPUs may have: devices, drivers, the program to ask; `""` for none."""
    places = [*_entries(os.path.join(root, "dev")), *_entries(os.path.join(root, _NVIDIA, "gpus"))]
    devices = [place for place in places if os.path.basename(place).startswith(("nvidia", "kfd", "dxg", "0"))]
    if not devices:
        return ""
    drivers = [_text(os.path.join(root, f"sys/module/{name}/version")) for name in ("nvidia", "amdgpu")]
    return " ".join([*devices, *drivers, locate("nvidia-smi", environ, "/")])


def list_gpus(environ: Mapping[str, str], root: str = "/") -> list[Gpu]:
    """Return the GPUs of this machine or container, in the order of their places on the bus."""
    return (_nvidia_smi(environ) or _nvidia(root)) + _amd(root)


def visible(gpus: list[Gpu], environ: Mapping[str, str]) -> list[Gpu]:
    """Return those of the GPUs that CUDA_VISIBLE_DEVICES and its like leave to the run.

    All, where that cannot be told: by default CUDA counts the fastest first, and we do not know which that is.
    """
    nvidia = [gpu for gpu in gpus if gpu.name.startswith("NVIDIA")]
    amd = [gpu for gpu in gpus if gpu not in nvidia]
    is_ordered = environ.get("CUDA_DEVICE_ORDER") == "PCI_BUS_ID" or len({gpu.name for gpu in nvidia}) < 2
    is_ordered = is_ordered and not any(_is_instance(gpu) for gpu in nvidia)
    nvidia = _left(nvidia, environ.get("CUDA_VISIBLE_DEVICES"), is_ordered=is_ordered)
    for name in ("ROCR_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES"):  # the second counts what the first leaves
        amd = _left(amd, environ.get(name), is_ordered=True)
    return nvidia + amd


def _left(gpus: list[Gpu], chosen: str | None, *, is_ordered: bool) -> list[Gpu]:
    if chosen is None:
        return gpus
    kept: list[Gpu] = []
    for choice in (choice.strip() for choice in chosen.split(",")):
        if choice.startswith("MIG-") and not any(_is_instance(gpu) for gpu in gpus):
            return gpus  # the driver told nothing of its instances
        one = _chosen(choice, gpus)
        if one is None:  # CUDA ignores an invalid choice and all after it
            break
        if choice.isdigit() and not is_ordered:
            return gpus
        kept.append(one)
    return kept


def _chosen(choice: str, gpus: list[Gpu]) -> Gpu | None:
    if choice.isdigit():
        return gpus[int(choice)] if int(choice) < len(gpus) else None
    matches = [gpu for gpu in gpus if choice and gpu.uuid.startswith(choice)]
    return matches[0] if len(matches) == 1 else None


def _is_instance(gpu: Gpu) -> bool:
    return gpu.uuid.startswith("MIG-")


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
    for fields in (_MORE_FIELDS, _FIELDS):
        answer = _answer([program, f"--query-gpu={fields}", "--format=csv,noheader"], environ)
        rows = [[cell.strip() for cell in row.split(",")] for row in answer.splitlines()]
        rows = [row for row in rows if len(row) == fields.count(",") + 1]
        if rows:
            break
    else:
        return []
    gpus = [Gpu(_branded(row[0]), row[1], row[2], _known("".join(row[3:4]))) for row in rows]
    if any(row[-1] == "Enabled" for row in rows):
        return _divided(gpus, _answer([program, "-L"], environ))
    return gpus


def _divided(gpus: list[Gpu], listing: str) -> list[Gpu]:
    """Return the instances in the place of each GPU that is divided, by `nvidia-smi -L`."""
    by_uuid = {gpu.uuid: gpu for gpu in gpus}
    found: list[Gpu] = []
    whole = None
    for line in listing.splitlines():
        uuid = re.search(r"\(UUID: ([^)]+)\)", line)
        if uuid is None:
            continue
        instance = re.match(r"\s+MIG (\S+)", line)
        if instance is None:
            whole = by_uuid.get(uuid[1])
            found += [whole] if whole else []
        elif whole is not None:
            found = [gpu for gpu in found if gpu is not whole]
            found.append(whole._replace(name=f"{whole.name} MIG {instance[1]}", uuid=uuid[1]))
    return found or gpus


def _answer(command: list[str], environ: Mapping[str, str]) -> str:
    try:
        answer = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_PATIENCE, env=environ, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.stdout.decode("utf-8", "replace")


def _known(value: str) -> str:
    return "" if value.startswith("[") else value  # "[N/A]", "[Not Supported]"


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
