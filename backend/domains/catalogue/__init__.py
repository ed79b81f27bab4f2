"""Sources, imports, listings, media and search of a Sales Event."""
