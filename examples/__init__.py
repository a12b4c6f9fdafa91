"""Examples: services that stand beside Meridian and use it."""
