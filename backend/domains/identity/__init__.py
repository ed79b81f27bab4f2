"""Organizations, members, staff sign-ins and buyers' tokens."""
