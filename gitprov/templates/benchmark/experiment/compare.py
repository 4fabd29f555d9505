"""Benchmark $name: every method on every data set, one metric each, in results/$name/metrics.json.

What is compared is an example that runs: two ways to tell the true value (10) from thirty noisy readings, judged by how
far off they are on average over 200 resamples. Put your own methods into `METHODS` and your data sets beside this file.
"""

import json
import os
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean, median

HERE = Path(__file__).resolve().parent
RESULTS = HERE.parent.parent / "results" / HERE.name
TRUTH = 10.0
METHODS: dict[str, Callable[[Sequence[float]], float]] = {"mean": fmean, "median": median}


def error(method: Callable[[Sequence[float]], float], readings: Sequence[float], seed: int) -> float:
    """Return how far off a method is on average. The same seed gives every method the same resamples."""
    draw = random.Random(seed)
    return fmean(abs(method(draw.choices(readings, k=len(readings))) - TRUTH) for _ in range(200))


def main() -> None:
    """Compare all methods on all data sets, and write down what came of it."""
    seed = int(os.environ.get("GIT_PROV_SEED", "1"))
    metrics = {}
    for file in sorted((HERE / "datasets").glob("*.csv")):
        readings = [float(line) for line in file.read_text(encoding="utf-8").split()]
        for name, method in METHODS.items():
            metrics[f"error.{name}.{file.stem}"] = error(method, readings, seed)
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
