"""The relay process: publishes events and sweeps over uploads."""
