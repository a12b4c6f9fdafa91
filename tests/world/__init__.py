"""Three cities, the people in them, and what can go wrong: made once, for every test."""
