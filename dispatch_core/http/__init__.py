"""The HTTP door: devices, artifacts, health, metrics and the thread view."""
