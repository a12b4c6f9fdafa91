"""Tests of the whole product, which runs once for all of them and ends after the last."""
