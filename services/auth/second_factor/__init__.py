"""The second factor beside a password: codes of an app, and recovery codes."""
