"""Reads a shell command before it may run: which programs, with which words, and what is hidden.

The core and the companion read by the same grammar (tree-sitter-bash). Nothing here looks at a
file: what a path is, only the device can tell.
"""
