"""Films: a service of the family that keeps none of its files itself."""
