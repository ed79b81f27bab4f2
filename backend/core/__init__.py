"""What every layer may use: settings, errors, the actor, the two doors to the database, ports."""
