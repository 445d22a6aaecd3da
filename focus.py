#!/usr/bin/env python3
"""Tests of the Focus Server, by one command: `python3 focus.py run` (or test, proof, bench).

Needs Python and nothing else: it makes `.venv` itself. Works from any folder.
"""

import os
import sys

OLDEST = (3, 11)

if sys.version_info < OLDEST:
    sys.exit(
        "focus.py needs Python %d.%d or newer; this is %d.%d. Call it with a newer one, "
        "for example python3.11 focus.py." % (OLDEST + tuple(sys.version_info[:2]))
    )

# Python's own modules come first, then ours, also where Python does not look beside its script.
STANDARD, OURS = map(os.path.dirname, (os.__file__, os.path.realpath(__file__)))
sys.path[:0] = [STANDARD, OURS]

from runner.cli import ended, main

if __name__ == "__main__":
    ended(main(sys.argv[1:]))
