"""One function for each thing a person wants, on a small `Session`. What the command line and Python both call."""
