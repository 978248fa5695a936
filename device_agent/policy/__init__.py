"""What this device's owner allows, asks to be asked about, and denies."""
