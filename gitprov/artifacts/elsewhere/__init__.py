"""Where bytes already live: Git LFS, DVC, git-annex, an HTTP address, a version of an S3 object.

What another tool keeps is named, not copied: `finding` reads what those tools wrote beside the files, `proof` tells
whether a file still is what they say, `fetching` brings bytes back under our own digest. All that is read here is
untrusted: sizes are bounded, names are held to strict patterns, and no file ever names a command or an option.
"""
