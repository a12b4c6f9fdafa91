"""Ends every process of a local stack when the run that started it is gone, even by `kill -9`.

Runs as a file of its own with the standard library only: `python guardian.py CONTROL LIFE`.
It leads the process group that all processes of the stack join. CONTROL is a pipe that only the
run writes to: a line names a process that wants SIGINT instead of SIGTERM, its end means that
the run is gone. LIFE is a pipe whose other end every process of the stack holds: its end means
that none is left.
"""

import contextlib
import os
import select
import signal
import sys

GRACE_SECONDS = 3


def main(control: int, life: int) -> None:
    """Wait for the end of the run, then end what is left of the stack."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    with os.fdopen(control) as lines:
        gentle = [int(line) for line in lines if line.endswith("\n")]
    os.killpg(0, signal.SIGTERM)
    for pid in gentle:
        # A process number can be given out again; only one in our group is ours.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if os.getpgid(pid) == os.getpgrp():
                os.kill(pid, signal.SIGINT)
    select.select([life], [], [], GRACE_SECONDS)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
