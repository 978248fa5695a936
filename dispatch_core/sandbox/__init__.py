"""A cage of bubblewrap around code that nobody has read: no network, no secrets, no way to stay."""
