"""The device's desktop: pictures of it, keys, clicks, windows and what programs tell of themselves.

Only probe.py and tool.py may be imported without the extra `desktop`.
"""
