"""Hugging Face Transformers: `Trainer(..., callbacks=[ProvCallback()])`."""

import os
from collections.abc import Mapping
from typing import Any

import gitprov

try:
    from transformers import TrainerCallback
except ImportError as error:
    raise ImportError("gitprov.integrations.transformers needs transformers: pip install transformers") from error


class ProvCallback(TrainerCallback):
    """Tells the run under way the training arguments, what the trainer logs, by step, and the best or last checkpoint.

    In a distributed training the main process alone tells it.
    """

    def __init__(self) -> None:
        self._last = ""

    def on_train_begin(self, args: Any, state: Any, control: object, **_: object) -> None:  # noqa: ANN401
        """Tell the arguments that are set."""
        if state.is_world_process_zero:
            given = args.to_dict()
            gitprov.log_params({name: value for name, value in given.items() if value not in (None, "", [], {})})

    def on_log(
        self,
        args: object,
        state: Any,  # noqa: ANN401
        control: object,
        logs: Mapping[str, object] | None = None,
        **_: object,
    ) -> None:
        """Tell what is logged."""
        if logs and state.is_world_process_zero:
            gitprov.log_metrics({name: value for name, value in logs.items() if name != "step"}, step=state.global_step)

    def on_save(self, args: Any, state: Any, control: object, **_: object) -> None:  # noqa: ANN401
        """Note where the trainer saved the model; checkpoints before the last may be removed again."""
        self._last = os.path.join(args.output_dir, f"checkpoint-{state.global_step}")

    def on_train_end(self, args: object, state: Any, control: object, **_: object) -> None:  # noqa: ANN401
        """Tell the best checkpoint, or the last where the trainer does not tell which is best."""
        saved = state.best_model_checkpoint or self._last
        if saved and state.is_world_process_zero and os.path.isdir(saved):
            gitprov.log_output(saved)
