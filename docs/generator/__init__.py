"""Man pages, the CLI reference and shell completions, written from the command definitions and from nothing else.

Every module but `commands` turns `Program` into text; only `docs/generate.py` touches the disk.
"""
