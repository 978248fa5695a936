"""The desktop-local route: what a person can write to a device, and how it is shown."""
