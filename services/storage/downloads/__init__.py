"""Downloads: which city answers, and the signed URLs."""
