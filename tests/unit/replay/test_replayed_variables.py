"""Which recorded variables are set again, and which are refused."""

import pytest

from gitprov.replay.variables import is_numerical, sorted_out, why_not


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OMP_NUM_THREADS", "4"),
        ("OMP_PLACES", "{0:4},{4:4}"),
        ("OPENBLAS_CORETYPE", "Haswell"),
        ("XLA_FLAGS", "--xla_force_host_platform_device_count=8"),
        ("CUBLAS_WORKSPACE_CONFIG", ":4096:8"),
        ("PYTORCH_CUDA_ALLOC_CONF", "max_split_size_mb:128"),
        ("NVIDIA_TF32_OVERRIDE", "0"),
        ("TF_DETERMINISTIC_OPS", "1"),
        ("TZ", "Europe/Berlin"),
        ("TZ", "UTC"),
        ("LC_ALL", "C.UTF-8"),
        ("PYTHONOPTIMIZE", "2"),
    ],
)
def test_plain_values_of_what_changes_numbers_are_set(name: str, value: str) -> None:
    assert why_not(name, value) == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LD_PRELOAD", "x.so"),
        ("LD_LIBRARY_PATH", "lib"),
        ("DYLD_INSERT_LIBRARIES", "x"),
        ("PATH", "bin"),
        ("GIT_SSH_COMMAND", "x"),
        ("GIT_DIR", "x"),
        ("GIT_EXTERNAL_DIFF", "x"),
        ("PYTHONHOME", "x"),
        ("PYTHONSTARTUP", "x"),
        ("PYTHONBREAKPOINT", "os.system"),
        ("PYTHONINSPECT", "1"),
        ("BASH_ENV", "x"),
        ("ENV", "x"),
        ("PERL5OPT", "-Mx"),
        ("RUBYOPT", "-rx"),
        ("NODE_OPTIONS", "-r x"),
        ("JAVA_TOOL_OPTIONS", "-javaagent:x"),
        ("HOME", "x"),
        ("PIP_INDEX_URL", "x"),
        ("UV_INDEX", "x"),
        ("http_proxy", "x"),
        ("OMP_TOOL_LIBRARIES", "evil"),
        ("NCCL_NET_PLUGIN", "evil"),
        ("NCCL_TUNER_PLUGIN", "evil"),
        ("NUMBA_CACHE_DIR", "evil"),
        ("TORCHINDUCTOR_CACHE_DIR", "evil"),
        ("TORCH_EXTENSIONS_DIR", "evil"),
        ("JAX_COMPILATION_CACHE_DIR", "evil"),
        ("MIOPEN_USER_DB_PATH", "evil"),
        ("OMP_NUM_THREADS", "/tmp/evil"),
        ("OMP_NUM_THREADS", "$(x)"),
        ("OMP_NUM_THREADS", "1\n2"),
        ("OMP_NUM_THREADS", "evil.so"),
        ("MKL_NUM_THREADS", "x" * 400),
        ("TZ", "/etc/passwd"),
        ("TZ", ":x"),
        ("TZ", "../x"),
    ],
)
def test_what_may_lead_to_another_program_is_refused(name: str, value: str) -> None:
    assert why_not(name, value) != ""
    found = sorted_out({name: value})
    assert (dict(found.values), len(found.refused)) == ({}, 1)


def test_a_python_path_in_the_repository_is_kept_and_any_other_refused_whole() -> None:
    assert sorted_out({"PYTHONPATH": "src:lib/a"}).python_path == (b"src", b"lib/a")
    assert sorted_out({"PYTHONPATH": "."}).python_path == (b".",)
    for value in ("/tmp/evil", "src:/tmp/evil", "~/evil", "../evil", ".git/evil"):
        found = sorted_out({"PYTHONPATH": value})
        assert (found.python_path, len(found.refused)) == ((), 1)


def test_what_is_refused_is_shown_harmless() -> None:
    (line,) = sorted_out({"LD_PRELOAD": "a\x1b[2J\nb"}).refused
    assert line.isprintable()


def test_what_is_unset_where_the_record_has_it_not_is_what_changes_numbers() -> None:
    assert is_numerical("OMP_NUM_THREADS")
    assert not is_numerical("HOME")
    assert not is_numerical("CUDA_VISIBLE_DEVICES")
    assert not is_numerical("NUMBA_CACHE_DIR")


def test_where_an_environment_stood_is_neither_set_nor_a_refusal() -> None:
    found = sorted_out({"VIRTUAL_ENV": "~/env", "CONDA_PREFIX": "/opt/x", "OMP_NUM_THREADS": "2"})
    assert (dict(found.values), found.refused) == ({"OMP_NUM_THREADS": "2"}, ())
