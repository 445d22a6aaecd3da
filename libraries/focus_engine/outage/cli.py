"""`focus.py sweep`: removes what outages left behind, without Robot Framework.

Exit codes: 0 done (or nothing to do), 2 the environment does not allow it, 3 something could not be
asked or removed, 252 wrong usage.
"""

import argparse
import os
import sys
from collections.abc import Sequence

from focus_engine.environment import SANDBOX, environment_name, load_environment
from focus_engine.given import CommandParser
from focus_engine.outage.engine import Engine
from focus_engine.verdict import NotAllowed, PreconditionUnmet, ToolError

_NOT_ALLOWED = 2
_TOOL_ERROR = 3


def main(argv: Sequence[str] | None = None) -> int:
    """Sweep once. Returns the exit code; argparse exits by itself on wrong usage."""
    arguments = _parser().parse_args(argv)
    name = environment_name(arguments.environment)
    if name == SANDBOX and not os.environ.get("FOCUS_KUBECONFIG"):
        print("Nothing to sweep: a sandbox ends with its run, and takes its cluster along.")
        return 0
    try:
        engine = Engine(load_environment(name))
        swept = engine.sweep(arguments.namespace, arguments.run, dry_run=arguments.dry_run)
    except NotAllowed as refusal:
        print(refusal, file=sys.stderr)
        return _NOT_ALLOWED
    except PreconditionUnmet as unmet:
        print(f"Nothing to sweep: {unmet.sentence}")
        return 0
    except ToolError as error:
        print(error, file=sys.stderr)
        return _TOOL_ERROR
    verb = "Would remove" if arguments.dry_run else "Removed"
    print("\n".join(f"{verb} {line}" for line in swept.removed) or "Nothing to sweep.")
    for line in swept.skipped:
        print(line, file=sys.stderr)
    return _TOOL_ERROR if swept.skipped else 0


def _parser() -> argparse.ArgumentParser:
    parser = CommandParser(
        prog="focus.py sweep",
        description="Remove what expired outages left behind; only what carries our label.",
    )
    parser.add_argument("--dry-run", action="store_true", help="only list what would be removed")
    parser.add_argument("--run", metavar="ID", help="also what belongs to this run, expired or not")
    parser.add_argument("--environment", metavar="NAME", help="a file of variables/environments/")
    parser.add_argument("--namespace", metavar="NAME", help="default: that of the environment")
    return parser


if __name__ == "__main__":
    sys.exit(main())
