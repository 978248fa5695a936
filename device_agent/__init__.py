"""The companion: does desktop-local steps on its owner's computer."""
