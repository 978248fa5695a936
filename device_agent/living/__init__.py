"""How the companion lives on a desktop: started with the session, looked at, and its log."""
