"""Leads: what a buyer agrees to share without a name, and which dealers may see it."""
