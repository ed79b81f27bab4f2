"""The conversation with a buyer: what was meant, what fits, what is said."""
