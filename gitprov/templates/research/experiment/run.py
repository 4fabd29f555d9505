"""Experiment $name: measures once, and leaves the metrics in results/$name/metrics.json.

What `measure` does is an example that runs: how far off is the median of 101 noisy readings of the value 10? Put your
own measurement in its place, and the names of its metrics into experiment.toml.
"""

import json
import os
import random
from pathlib import Path
from statistics import median

HERE = Path(__file__).resolve().parent
RESULTS = HERE.parent.parent / "results" / HERE.name


def measure() -> dict[str, float]:
    """Return the metrics by name."""
    readings = [random.gauss(10, 1) for _ in range(101)]
    return {"error": abs(median(readings) - 10)}


def main() -> None:
    """Measure with the seed of the experiment, and write down what came of it."""
    random.seed(int(os.environ.get("GIT_PROV_SEED", "1")))
    metrics = measure()
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
