"""Observing a run: its code, environment, machine, what it reads and writes, what it is for and what came of it.

Nearly everything here runs between the prompt and the child's start or end, so modules import only the light part of
the standard library, and each does its work without the others. Nothing here writes to Git (`records` does) or talks
to anybody (`cli` does).
"""
