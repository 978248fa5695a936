"""What is told to one person only: apologies for errors, and whispers."""
