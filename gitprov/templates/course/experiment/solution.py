"""Exercise $name: how tall are they on average?

Run it with: git prov run --experiment $name -- python3 experiments/$name/solution.py
It reads heights.csv beside it and leaves its answer in results/$name/metrics.json. experiment.toml says what is
expected.
"""

import json
from pathlib import Path

HERE = Path(__file__).resolve().parent
RESULTS = HERE.parent.parent / "results" / HERE.name


def solve(heights: list[float]) -> dict[str, float]:
    """Return the answer: the mean of all heights, in centimetres."""
    return {"mean": sum(heights) / len(heights)}


def main() -> None:
    """Read, solve, and write the answer down."""
    heights = [float(line) for line in (HERE / "heights.csv").read_text(encoding="utf-8").split()]
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "metrics.json").write_text(json.dumps(solve(heights), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
