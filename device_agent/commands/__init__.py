"""What a person types on the device: dispatch-device WORD."""
