"""Live events for open pages."""
