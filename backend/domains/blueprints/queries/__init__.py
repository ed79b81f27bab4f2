"""SQL of blueprints."""
