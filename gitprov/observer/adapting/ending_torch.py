"""What PyTorch says of itself at the end. Nothing here starts CUDA."""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict


def collect(torch: "Any") -> "Dict[str, Any]":
    """Return `determinism`, and where it was built for CUDA and used it, `versions` and `gpu_memory_peak`."""
    questions: Dict[str, Callable[[], Any]] = {
        "torch.deterministic_algorithms": torch.are_deterministic_algorithms_enabled,
        "torch.float32_matmul_precision": torch.get_float32_matmul_precision,
        "threads.torch": torch.get_num_threads,
        "threads.torch.interop": torch.get_num_interop_threads,
    }
    known: Dict[str, Any] = {}
    if torch.version.cuda:
        questions.update(_of_gpu(torch))
        known["versions"] = {"cuda": torch.version.cuda}
        if torch.cuda.is_initialized():
            known["versions"].update(_versions(torch))
            devices = range(torch.cuda.device_count())
            known["gpu_memory_peak"] = max((torch.cuda.max_memory_allocated(device) for device in devices), default=0)
    known["determinism"] = _answers(questions)
    return known


def _of_gpu(torch: "Any") -> "Dict[str, Callable[[], Any]]":
    cudnn, matmul = torch.backends.cudnn, torch.backends.cuda.matmul
    questions = {
        "cudnn.deterministic": lambda: cudnn.deterministic,
        "cudnn.benchmark": lambda: cudnn.benchmark,
        "cuda.matmul.allow_tf32": lambda: matmul.allow_tf32,
        "cudnn.allow_tf32": lambda: cudnn.allow_tf32,
    }
    if hasattr(matmul, "fp32_precision"):
        questions["cuda.matmul.fp32_precision"] = lambda: matmul.fp32_precision
        questions["cudnn.conv.fp32_precision"] = lambda: cudnn.conv.fp32_precision
    return questions


def _answers(questions: "Dict[str, Callable[[], Any]]") -> "Dict[str, Any]":
    answers = {}
    for name, ask in questions.items():
        try:
            answers[name] = ask()
        except Exception:
            pass  # where a program has set a flag by its new name, asking for it by the old one is an error
    return answers


def _versions(torch: "Any") -> "Dict[str, Any]":
    versions: Dict[str, Any] = {}
    cudnn = torch.backends.cudnn.version()
    if cudnn:
        # 8902 is 8.9.2; from version 9 on, 90100 is 9.1.0
        major = 10000 if cudnn >= 90000 else 1000
        versions["cudnn"] = f"{cudnn // major}.{cudnn % major // 100}.{cudnn % 100}"
    nccl = sys.modules.get("torch.cuda.nccl")
    if nccl is not None:
        versions["nccl"] = ".".join(map(str, nccl.version()))
    return versions
