"""Setting a clone up and taking all of it out again: hooks, fetch refspecs, the display of runs in `git log`.

`local` is for one clone, `everywhere` for every later one. Each change is written into a ledger before it is made,
so that `deinit` knows what was there before.
"""
