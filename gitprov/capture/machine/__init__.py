"""The machine a run had, and what the run used of it."""
