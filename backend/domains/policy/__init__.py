"""What a conversation may see and do: profiles, context, the guard, the log of decisions."""
