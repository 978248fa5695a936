"""The commands of `dispatch`, a module each."""
