"""Whether the process of a container does its work: `python -m shared.healthy`.

Asks MERIDIAN_HEALTH_URL; a process without one is healthy as long as it runs.
"""

from __future__ import annotations

import os
import sys
from urllib.error import URLError
from urllib.request import urlopen

ANSWER_SECONDS = 3


def main() -> int:
    """Return 0 for healthy, 1 for not."""
    url = os.environ.get("MERIDIAN_HEALTH_URL", "")
    if not url:
        return 0
    try:
        with urlopen(url, timeout=ANSWER_SECONDS):  # noqa: S310 an address of our own
            return 0
    except (URLError, OSError) as error:
        sys.stderr.write(f"{url}: {error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
