"""The files of a run: which it touched, what became of them, where they belong, and their entries in the record."""
