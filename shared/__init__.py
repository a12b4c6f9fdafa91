"""What every Meridian service stands on; knows no service."""
