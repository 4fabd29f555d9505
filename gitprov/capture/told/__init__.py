"""What a run's own processes told of themselves: parameters, seeds, metrics, gaps."""
