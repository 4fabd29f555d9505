"""The command line: reads options, calls one function of `api`, shows what it returned. One file a verb."""
