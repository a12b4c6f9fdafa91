"""Events: written with the change in the outbox, then the relay is woken."""
