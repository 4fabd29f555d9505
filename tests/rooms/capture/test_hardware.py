"""The machine, as the files under a root that stands for `/` describe it; and once, the real one."""

import os
from pathlib import Path
from typing import Any

import pytest

from gitprov.capture.machine import cgroups, gpus
from gitprov.capture.machine.hardware import hardware

H200 = "Model: \t\t NVIDIA H200\nIRQ:   \t\t 33\nGPU UUID: \t GPU-{n}a5c-11\nDevice Minor: \t {n}\n"
GIB = 1 << 30


class Machine:
    """A root directory with what kernels and drivers publish."""

    def __init__(self, tmp_path: Path) -> None:
        self.root = tmp_path / "root"
        self.cache = tmp_path / "cache"
        self.environ = {"PATH": str(tmp_path / "bin")}
        self.write("proc/sys/kernel/random/boot_id", "boot-1\n")

    def write(self, path: str, text: str) -> None:
        """Publish a text at a place below the root."""
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)

    def nvidia(self, *models: str) -> None:
        """Publish NVIDIA GPUs."""
        self.write("sys/module/nvidia/version", "550.54.15\n")
        self.write("dev/nvidiactl", "")
        for n, model in enumerate(models):
            self.write(f"dev/nvidia{n}", "")
            text = H200.format(n=n).replace("NVIDIA H200", model)
            self.write(f"proc/driver/nvidia/gpus/0000:0{n}:00.0/information", text)

    def smi(self, script: str) -> None:
        """Put a program named nvidia-smi on PATH."""
        program = Path(self.environ["PATH"]) / "nvidia-smi"
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)

    def look(self, **environ: str) -> dict[str, Any]:
        """Return the hardware that is found."""
        return hardware(str(self.cache), {**self.environ, **environ}, str(self.root))


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Return a machine about which hardly anything is known."""
    return Machine(tmp_path)


def test_the_real_machine_is_described_without_naming_it(tmp_path: Path) -> None:
    found = hardware(str(tmp_path), os.environ)
    assert found["machine"] == os.uname().machine
    assert 1 <= found["cores"] <= (os.cpu_count() or 1)
    assert found["memory"] > 1 << 20
    assert os.uname().nodename not in str(found)
    assert hardware(str(tmp_path), os.environ) == found


def test_what_is_not_known_is_left_out(machine: Machine) -> None:
    machine.write("proc/cpuinfo", "processor : 0\n")
    assert set(machine.look()) == {"machine", "cores", "memory"}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (
            "processor\t: 0\nmodel name\t: AMD EPYC  9654\nflags: x\n\nprocessor : 1\nmodel name : other\n",
            "AMD EPYC 9654",
        ),
        ("processor\t: 0\nBogoMIPS : 1\nCPU implementer\t: 0x41\nCPU part\t: 0xd40\n", "implementer 0x41 part 0xd40"),
        ("processor\t: 0\ncpu\t\t: POWER9, altivec supported\n", "POWER9, altivec supported"),
    ],
)
def test_the_processor_is_named_as_the_kernel_names_it(machine: Machine, text: str, name: str) -> None:
    machine.write("proc/cpuinfo", text)
    assert machine.look()["cpu"] == name


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("model name : X\nflags : fpu sse2 smep sse4_2 avx avx2 fma avx512f amx_tile rdtscp\n",
         ["amx_tile", "avx", "avx2", "avx512f", "fma", "sse4_2"]),
        ("CPU part : 0xd40\nFeatures : fp asimd sve aes bf16\n", ["asimd", "bf16", "sve"]),
    ],
)  # fmt: skip
def test_the_instructions_that_change_numbers_are_recorded(machine: Machine, text: str, flags: list[str]) -> None:
    machine.write("proc/cpuinfo", text)
    assert machine.look()["flags"] == flags


def test_gpus_are_read_from_the_driver(machine: Machine) -> None:
    machine.nvidia("NVIDIA H200", "Tesla V100-SXM2-16GB")
    assert machine.look()["gpus"] == [
        "NVIDIA H200 (driver 550.54.15)",
        "NVIDIA Tesla V100-SXM2-16GB (driver 550.54.15)",
    ]


def test_the_version_of_an_older_driver_is_read_from_its_banner(machine: Machine) -> None:
    machine.nvidia("NVIDIA H200")
    (machine.root / "sys/module/nvidia/version").unlink()
    machine.write(
        "proc/driver/nvidia/version", "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  560.28.03  Release\n"
    )
    assert machine.look()["gpus"] == ["NVIDIA H200 (driver 560.28.03)"]


def test_nvidias_program_is_asked_where_the_driver_publishes_nothing(machine: Machine) -> None:
    machine.write("dev/dxg", "")
    machine.smi('echo "$@" >&2; echo "NVIDIA GeForce RTX 4090, GPU-1, 552.12"')
    assert machine.look()["gpus"] == ["NVIDIA GeForce RTX 4090 (driver 552.12)"]


def test_nvidias_program_tells_the_compute_capability_too(machine: Machine) -> None:
    machine.nvidia("NVIDIA H200")
    machine.smi('echo "NVIDIA H200, GPU-1, 550.54.15, 9.0, Disabled"')
    assert machine.look()["gpus"] == ["NVIDIA H200 (driver 550.54.15, compute 9.0)"]


def test_an_older_program_is_asked_for_less(machine: Machine) -> None:
    machine.write("dev/nvidia0", "")
    machine.smi('case "$*" in *compute_cap*) echo no such field; exit 2;; esac; echo "Tesla V100, GPU-1, 450.80"')
    assert machine.look()["gpus"] == ["NVIDIA Tesla V100 (driver 450.80)"]


def test_what_a_gpu_does_not_tell_is_left_out(machine: Machine) -> None:
    machine.write("dev/nvidia0", "")
    machine.smi('echo "NVIDIA X, GPU-1, 550.54, [N/A], [N/A]"')
    assert machine.look()["gpus"] == ["NVIDIA X (driver 550.54)"]


DIVIDED = """case "$1" in
-L) cat <<END
GPU 0: NVIDIA A100 (UUID: GPU-1)
  MIG 3g.20gb     Device  0: (UUID: MIG-aa)
  MIG 1g.5gb      Device  1: (UUID: MIG-bb)
GPU 1: NVIDIA A100 (UUID: GPU-2)
END
;;
*) echo "NVIDIA A100, GPU-1, 550.54, 8.0, Enabled"; echo "NVIDIA A100, GPU-2, 550.54, 8.0, Disabled";;
esac"""


@pytest.mark.parametrize(
    ("environ", "left"),
    [
        ({}, ["NVIDIA A100 MIG 3g.20gb", "NVIDIA A100 MIG 1g.5gb", "NVIDIA A100"]),
        ({"CUDA_VISIBLE_DEVICES": "MIG-bb"}, ["NVIDIA A100 MIG 1g.5gb"]),
        ({"CUDA_VISIBLE_DEVICES": "GPU-2"}, ["NVIDIA A100"]),
        ({"CUDA_VISIBLE_DEVICES": "0"}, ["NVIDIA A100 MIG 3g.20gb", "NVIDIA A100 MIG 1g.5gb", "NVIDIA A100"]),
    ],
)
def test_instances_stand_for_a_gpu_that_is_divided(machine: Machine, environ: dict[str, str], left: list[str]) -> None:
    machine.write("dev/nvidia0", "")
    machine.smi(DIVIDED)
    machine.environ["PATH"] += ":/usr/bin:/bin"
    assert machine.look(**environ)["gpus"] == [f"{name} (driver 550.54, compute 8.0)" for name in left]


def test_an_instance_that_the_driver_does_not_tell_of_is_no_reason_to_record_none(machine: Machine) -> None:
    machine.nvidia("NVIDIA A100")
    assert machine.look(CUDA_VISIBLE_DEVICES="MIG-x")["gpus"] == ["NVIDIA A100 (driver 550.54.15)"]


def test_nvidias_program_is_not_asked_where_there_is_no_device(machine: Machine) -> None:
    machine.smi('echo "NVIDIA Ghost, GPU-1, 1.0"')
    assert "gpus" not in machine.look()


@pytest.mark.parametrize("script", ["exit 9", "echo 'NVIDIA-SMI has failed'", "echo"])
def test_a_program_that_fails_leaves_gpus_out(machine: Machine, script: str) -> None:
    machine.write("dev/nvidia0", "")
    machine.smi(script)
    assert "gpus" not in machine.look()


def test_amd_gpus_are_read_from_the_kernel(machine: Machine) -> None:
    machine.write("dev/kfd", "")
    machine.write("sys/class/kfd/kfd/topology/nodes/0/properties", "cpu_cores_count 64\nsimd_count 0\n")
    machine.write("sys/class/kfd/kfd/topology/nodes/1/properties", "simd_count 440\ngfx_target_version 90010\n")
    machine.write("sys/module/amdgpu/version", "6.3.6\n")
    assert machine.look()["gpus"] == ["AMD gfx90a (driver 6.3.6)"]


@pytest.mark.parametrize(
    ("models", "environ", "left"),
    [
        (["A", "A", "A"], {"CUDA_VISIBLE_DEVICES": "0,2"}, ["A", "A"]),
        (["A", "B"], {"CUDA_VISIBLE_DEVICES": "1", "CUDA_DEVICE_ORDER": "PCI_BUS_ID"}, ["B"]),
        (["A", "B"], {"CUDA_VISIBLE_DEVICES": "1"}, ["A", "B"]),
        (["A", "B"], {"CUDA_VISIBLE_DEVICES": "GPU-1a5c"}, ["B"]),
        (["A", "A"], {"CUDA_VISIBLE_DEVICES": ""}, []),
        (["A", "A"], {"CUDA_VISIBLE_DEVICES": "0,-1,1"}, ["A"]),
        (["A"], {}, ["A"]),
    ],
)
def test_only_the_gpus_left_to_the_run_are_recorded(
    machine: Machine, models: list[str], environ: dict[str, str], left: list[str]
) -> None:
    machine.nvidia(*(f"NVIDIA {model}" for model in models))
    found = machine.look(**environ).get("gpus", [])
    assert [gpu.split()[1] for gpu in found] == left


@pytest.mark.parametrize(
    ("environ", "left"),
    [({}, 3), ({"ROCR_VISIBLE_DEVICES": "0,2"}, 2), ({"ROCR_VISIBLE_DEVICES": "0,2", "HIP_VISIBLE_DEVICES": "1"}, 1)],
)
def test_only_the_amd_gpus_left_to_the_run_are_recorded(machine: Machine, environ: dict[str, str], left: int) -> None:
    machine.write("dev/kfd", "")
    for n in range(3):
        machine.write(f"sys/class/kfd/kfd/topology/nodes/{n}/properties", "simd_count 440\ngfx_target_version 90402\n")
    assert machine.look(**environ)["gpus"] == ["AMD gfx942"] * left


def test_gpus_are_not_asked_for_again_until_a_device_or_the_machine_changes(machine: Machine) -> None:
    machine.write("dev/nvidia0", "")
    machine.smi('echo "NVIDIA One, GPU-1, 1.0"')
    assert machine.look()["gpus"] == ["NVIDIA One (driver 1.0)"]
    machine.smi('echo "NVIDIA Two, GPU-2, 2.0"')
    assert machine.look()["gpus"] == ["NVIDIA One (driver 1.0)"]
    machine.write("dev/nvidia1", "")
    assert machine.look()["gpus"] == ["NVIDIA Two (driver 2.0)"]
    machine.smi('echo "NVIDIA Three, GPU-3, 3.0"')
    machine.write("proc/sys/kernel/random/boot_id", "boot-2\n")
    assert machine.look()["gpus"] == ["NVIDIA Three (driver 3.0)"]


@pytest.mark.parametrize("text", ["", "{", "[]", "[1, 2]", '[[1, "boot-1", ""], {}]'])
def test_a_damaged_cache_is_found_out_again(machine: Machine, text: str) -> None:
    machine.write("proc/cpuinfo", "model name : X\n")
    first = machine.look()
    (machine.cache / "hardware.json").write_text(text)
    assert machine.look() == first


def test_a_cache_that_cannot_be_written_is_done_without(machine: Machine) -> None:
    machine.cache.write_text("")
    machine.write("proc/cpuinfo", "model name : X\n")
    assert machine.look()["cpu"] == "X"


def test_no_control_group_is_no_limit(machine: Machine) -> None:
    assert cgroups.cores(str(machine.root)) is None
    assert cgroups.memory(str(machine.root)) is None


def test_the_narrowest_limit_above_the_process_counts(machine: Machine) -> None:
    machine.write("proc/self/cgroup", "0::/user/job/step\n")
    machine.write("sys/fs/cgroup/user/job/step/cpu.max", "max 100000\n")
    machine.write("sys/fs/cgroup/user/job/cpu.max", "150000 100000\n")
    machine.write("sys/fs/cgroup/user/cpu.max", "800000 100000\n")
    machine.write("sys/fs/cgroup/user/job/memory.max", "max\n")
    machine.write("sys/fs/cgroup/user/memory.max", f"{2 * GIB}\n")
    assert cgroups.cores(str(machine.root)) == 2
    assert cgroups.memory(str(machine.root)) == 2 * GIB


def test_in_a_container_the_top_of_the_tree_counts(machine: Machine) -> None:
    machine.write("proc/self/cgroup", "0::/not/seen/from/here\n")
    machine.write("sys/fs/cgroup/cpu.max", "50000 100000\n")
    machine.write("sys/fs/cgroup/memory.max", f"{GIB}\n")
    assert cgroups.cores(str(machine.root)) == 1
    assert machine.look()["memory"] == GIB
    assert machine.look()["cores"] == 1


def test_version_1_keeps_each_limit_in_a_tree_of_its_own(machine: Machine) -> None:
    machine.write("proc/self/cgroup", "4:memory:/job\n3:cpu,cpuacct:/job\n1:name=systemd:/x\n")
    machine.write("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "400000\n")
    machine.write("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us", "100000\n")
    machine.write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n")
    machine.write("sys/fs/cgroup/memory/job/memory.limit_in_bytes", "9223372036854771712\n")
    assert cgroups.cores(str(machine.root)) == 4
    assert cgroups.memory(str(machine.root)) is None


def test_gpus_are_written_with_their_driver_where_it_is_known() -> None:
    assert str(gpus.Gpu("NVIDIA H200", "GPU-1", "550.54")) == "NVIDIA H200 (driver 550.54)"
    assert str(gpus.Gpu("NVIDIA H200")) == "NVIDIA H200"
    assert str(gpus.Gpu("NVIDIA H200", "GPU-1", "550.54", "9.0")) == "NVIDIA H200 (driver 550.54, compute 9.0)"
