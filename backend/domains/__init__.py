"""The vocabulary of the business. Domains stand in one order; siblings never import each other."""
