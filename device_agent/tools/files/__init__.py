"""Files: read, listed, searched, fetched, written and received, inside the shared folders."""
