"""A Realtime server that speaks the protocol of Supabase's clients: private channels, broadcast, presence.

It doesn't do `postgres_changes`; triggers that call `realtime.broadcast_changes` take their place, as on hosted.
"""
