"""Keras, version 3 or as `tf.keras`: `model.fit(..., callbacks=[ProvCallback()])`."""

from collections.abc import Mapping

import gitprov

try:
    from keras.callbacks import Callback
except ImportError:
    try:
        from tensorflow.keras.callbacks import Callback
    except ImportError as error:
        raise ImportError("gitprov.integrations.keras needs Keras: pip install keras") from error


class ProvCallback(Callback):
    """Tells the run under way how the model is trained, and its metrics by epoch."""

    def __init__(self) -> None:
        super().__init__()
        self._is_fitting = False

    def on_train_begin(self, logs: Mapping[str, object] | None = None) -> None:
        """Tell the optimizer's configuration, the loss, and how long the training is."""
        self._is_fitting = True
        optimizer = self.model.optimizer
        given = {"epochs": self.params.get("epochs"), "steps_per_epoch": self.params.get("steps")}
        gitprov.log_params(
            {name: value for name, value in given.items() if value is not None},
            optimizer=optimizer.get_config() if optimizer else None,
            loss=_named(self.model.loss),
        )

    def on_epoch_end(self, epoch: int, logs: Mapping[str, object] | None = None) -> None:
        """Tell the epoch's metrics."""
        gitprov.log_metrics(logs or {}, step=epoch)

    def on_train_end(self, logs: Mapping[str, object] | None = None) -> None:
        """Note that what comes now is no validation of the training."""
        self._is_fitting = False

    def on_test_end(self, logs: Mapping[str, object] | None = None) -> None:
        """Tell what `model.evaluate` found."""
        if not self._is_fitting:
            gitprov.log_metrics({f"evaluate_{name}": value for name, value in (logs or {}).items()})


def _named(loss: object) -> object:
    """Return the name of a loss, which may be a name, a function, an object, or a list or mapping of such."""
    if isinstance(loss, Mapping):
        return {str(name): _named(one) for name, one in loss.items()}
    if isinstance(loss, list | tuple):
        return [_named(one) for one in loss]
    return loss if loss is None or isinstance(loss, str) else getattr(loss, "name", getattr(loss, "__name__", loss))
