"""The processes of a launch that are one run: torchrun, MPI, Slurm, Ray."""
