"""From the description of an API to the plan of a connector."""
