"""The tree of files a blueprint is handed over as."""
