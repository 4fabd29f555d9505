"""PyTorch Lightning: `Trainer(callbacks=[ProvCallback()])`, from `lightning` or from `pytorch_lightning`."""

import os
import sys
from typing import Any

import gitprov

try:  # of the two packages the one that the program uses: their classes are not the same
    if "pytorch_lightning" in sys.modules and "lightning.pytorch" not in sys.modules:
        from pytorch_lightning.callbacks import Callback
    else:
        from lightning.pytorch.callbacks import Callback
except ImportError:
    try:
        from pytorch_lightning.callbacks import Callback
    except ImportError as error:
        raise ImportError("gitprov.integrations.lightning needs PyTorch Lightning: pip install lightning") from error


class ProvCallback(Callback):
    """Tells the run under way hyperparameters, metrics by global step, and the best checkpoint; on rank zero alone.

    Metrics of training steps are taken as often as Lightning's own loggers take them (`log_every_n_steps`).
    """

    def __init__(self) -> None:
        super().__init__()
        self._when: dict[str, str] = {}  # where each metric came up first: Lightning shows old values beside new ones
        self._told: dict[str, int] = {}  # the step each was told at last

    def on_fit_start(self, trainer: Any, pl_module: Any) -> None:  # noqa: ANN401
        """Tell what `save_hyperparameters` saved, in the module and the data module."""
        if trainer.is_global_zero:
            data = getattr(trainer, "datamodule", None)
            gitprov.log_params({**getattr(data, "hparams", {}), **pl_module.hparams})

    def on_train_batch_end(self, trainer: Any, *_: object) -> None:  # noqa: ANN401
        """Tell metrics of the step."""
        self._note("step", trainer)
        if trainer.global_step % trainer.log_every_n_steps == 0:
            self._tell("step", trainer)

    def on_validation_end(self, trainer: Any, pl_module: object) -> None:  # noqa: ANN401
        """Tell metrics of the validation."""
        if not trainer.sanity_checking:
            self._tell("validation", trainer)

    def on_train_epoch_end(self, trainer: Any, pl_module: object) -> None:  # noqa: ANN401
        """Tell metrics of the epoch."""
        self._tell("epoch", trainer)

    def on_test_end(self, trainer: Any, pl_module: object) -> None:  # noqa: ANN401
        """Tell metrics of the test."""
        self._tell("test", trainer)

    def on_fit_end(self, trainer: Any, pl_module: object) -> None:  # noqa: ANN401
        """Tell the last step's metrics, and the best checkpoint of each kind that is kept."""
        self._tell("step", trainer)
        for kept in trainer.checkpoint_callbacks if trainer.is_global_zero else ():
            best = getattr(kept, "best_model_path", "")
            if best and os.path.exists(best):
                gitprov.log_output(best)

    def _note(self, when: str, trainer: Any) -> list[str]:  # noqa: ANN401
        names = trainer.logged_metrics
        return [name for name in names if self._when.setdefault(name, when) == when]

    def _tell(self, when: str, trainer: Any) -> None:  # noqa: ANN401
        step = trainer.global_step
        names = [name for name in self._note(when, trainer) if self._told.get(name) != step]
        self._told.update(dict.fromkeys(names, step))
        if names and trainer.is_global_zero:
            gitprov.log_metrics({name: trainer.logged_metrics[name] for name in names}, step=step)
