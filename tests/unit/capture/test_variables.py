import pytest

from gitprov.capture.environment.variables import variables, without_ours


@pytest.mark.parametrize(
    "name",
    [
        *("OMP_NUM_THREADS", "MKL_CBWR", "OPENBLAS_NUM_THREADS", "CUDA_VISIBLE_DEVICES", "CUBLAS_WORKSPACE_CONFIG"),
        *("TF_DETERMINISTIC_OPS", "XLA_FLAGS", "JAX_ENABLE_X64", "PYTORCH_CUDA_ALLOC_CONF", "NCCL_ALGO", "LC_ALL"),
        *("TZ", "NUMBA_NUM_THREADS", "JULIA_NUM_THREADS", "SLURM_JOB_NUM_NODES", "CONDA_DEFAULT_ENV"),
    ],
)
def test_a_variable_that_changes_results_is_recorded(name: str) -> None:
    assert variables({name: "1"}, "") == {name: "1"}


@pytest.mark.parametrize(
    "name",
    [
        *("HOME", "USER", "PATH", "AWS_SECRET_ACCESS_KEY", "WANDB_API_KEY", "GIT_PROV_RUN", "PYTHONHASHSEED"),
        *("TF_VAR_password", "TF_TOKEN_host", "JAX_COORDINATOR_ADDRESS", "NCCL_SOCKET_IFNAME", "TORCH_HUB_TOKEN"),
        *("SLURM_JOB_USER", "OMP", "XOMP_NUM_THREADS"),
    ],
)
def test_no_other_variable_is(name: str) -> None:
    assert variables({name: "1"}, "") == {}


def test_paths_are_recorded_without_anybodys_home() -> None:
    environ = {
        "HOME": "/home/ana",
        "PYTHONPATH": "/home/ana/p/src:lib:/opt/x",
        "LD_LIBRARY_PATH": "/usr/lib/cuda",
        "VIRTUAL_ENV": "/home/ana/envs/p",
        "XLA_FLAGS": "--xla_dump_to=/home/ana/dump --xla_gpu_cuda_data_dir=/home/ana/p/cuda",
        "JULIA_LOAD_PATH": "@:@stdlib",
    }
    assert variables(environ, "/home/ana/p") == {
        "JULIA_LOAD_PATH": "@:@stdlib",
        "LD_LIBRARY_PATH": "/usr/lib/cuda",
        "PYTHONPATH": "src:lib:/opt/x",
        "VIRTUAL_ENV": "~/envs/p",
        "XLA_FLAGS": "--xla_dump_to=~/dump --xla_gpu_cuda_data_dir=cuda",
    }


def test_values_are_one_line_and_bounded() -> None:
    found = variables({"XLA_FLAGS": "a\nb\x1b" + "x" * 5000, "OMP_PLACES": ""}, "")
    assert found["XLA_FLAGS"].startswith(r"a\nb\x1bx")
    assert len(found["XLA_FLAGS"]) <= 1000
    assert "OMP_PLACES" not in found


def test_our_own_directory_is_taken_off_the_path() -> None:
    assert without_ours({"PYTHONPATH": "/ours:/a:", "A": "1"}, "/ours") == {"PYTHONPATH": "/a:", "A": "1"}
    assert without_ours({"PYTHONPATH": "/ours", "A": "1"}, "/ours") == {"A": "1"}
    assert without_ours({"PYTHONPATH": "/oursX"}, "/ours") == {"PYTHONPATH": "/oursX"}
