"""Fires what is due: one tick of each process, safe whatever the number of processes."""
