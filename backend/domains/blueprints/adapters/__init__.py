"""Small programs for cells that no declaration can read: written from a template, checked by their form, run apart."""
