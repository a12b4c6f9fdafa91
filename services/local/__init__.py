"""The local stack: real servers on one machine, for `make run` and the tests."""
