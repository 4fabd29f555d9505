"""One module for each family of file formats: two files of it are compared, what differs is told to a `Tally`.

Every file is somebody else's: sizes and depths have limits, and what cannot be compared raises `Unreadable` in words.
"""
