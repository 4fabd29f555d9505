"""One file a verb: its options, one call into `api`, one into `views`."""
