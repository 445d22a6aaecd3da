#!/usr/bin/env python3
"""Tests of the Focus Server, by one command: `python3 focus.py run` (or test, or proof).

Needs Python and nothing else: it makes `.venv` itself. Works from any folder.
"""

import sys

OLDEST = (3, 11)

if sys.version_info < OLDEST:
    sys.exit(
        "focus.py needs Python %d.%d or newer; this is %d.%d. Call it with a newer one, "
        "for example python3.11 focus.py." % (OLDEST + tuple(sys.version_info[:2]))
    )

from runner.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
