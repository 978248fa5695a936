"""Runs shell commands: each in the care of a guard, in the folder where its thread stands."""
