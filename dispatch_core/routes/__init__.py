"""What each route offers."""
