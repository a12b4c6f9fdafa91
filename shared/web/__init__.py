"""The HTTP side of Meridian: how a table of routes becomes a careful web application."""
