"""`focus.py proof`: the whole matrix, and what the observed contract violates."""

import sys
from pathlib import Path

from proof import matrix, observed
from proof.declarations import load
from proof.lies import run as lies

from focus_engine.given import CommandParser

RESULTS = Path(__file__).resolve().parents[2] / "results" / "proof"


def main(arguments: list[str]) -> int:
    """The exit code of `focus.py proof`; with `--lies` first, that of the lies."""
    if arguments[:1] == ["--lies"]:
        return lies.main(arguments[1:])
    CommandParser(prog="focus.py proof", description=__doc__).parse_args(arguments)
    proven = matrix.prove(load())
    matrix.write(proven, RESULTS)
    flagged = observed.judge(observed.OCTOBER)
    print(observed.table(flagged, observed.judge(observed.DECEMBER)))
    findings = proven.findings + observed.findings(flagged)
    for finding in findings:
        print(f"- {finding}")
    print(f"Matrix: {RESULTS / 'index.html'}")
    cases, faults = len(proven.cases), len(proven.outcomes) - 1
    print(f"Proof of {cases} cases against {faults} faults: {len(findings)} findings.")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
