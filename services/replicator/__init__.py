"""Making copies: the worker behind the stream."""
