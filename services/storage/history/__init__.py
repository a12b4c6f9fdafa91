"""History: what people did."""
