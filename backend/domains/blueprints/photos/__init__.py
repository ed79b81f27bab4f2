"""Photos measured, compared, and linked to listings."""
