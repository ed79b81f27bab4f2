"""SQL of the catalogue and nothing else: `listings` reads and searches, `staging` and `writing` bring in a file."""
