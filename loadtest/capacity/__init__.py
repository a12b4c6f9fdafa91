"""How many people a stack holds: more and more of them, until a promise breaks."""
