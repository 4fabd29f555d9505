"""What tables of data are like, how that changed, and which rows a split of the data has.

Files go in, plain results come out: nothing here knows of Git, records or runs. Everything is read in one pass with
bounded memory.
"""
