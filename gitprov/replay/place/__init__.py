"""A place to run in: a linked worktree at an exact commit, apart from the person's own, that leaves nothing behind.

`making` makes one and takes it away, `owned` says whose it is so that what a killed process left is swept, `checkout`
has git write the code, `submodules` the code of others in it.
"""
