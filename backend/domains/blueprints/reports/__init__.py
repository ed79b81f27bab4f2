"""What reports say: labelled values and findings, with their places."""
