"""What a screenshot shows of the interface a seller has in mind."""
