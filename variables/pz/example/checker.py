"""Stands for the team's own checker: no service may stand twice. Invented."""

import json
import sys
from collections import Counter
from pathlib import Path

SUMMARY = "heatMapSummary.json"


def main(folder: str) -> int:
    """Print one line per finding; 1 when there is one, else 0."""
    summary = json.loads(Path(folder, SUMMARY).read_text(encoding="utf-8"))
    services = Counter(recorder["service"] for recorder in summary["recorders"])
    twice = [service for service, count in services.items() if count > 1]
    for service in twice:
        print(f"{SUMMARY}:1: ERROR service {service} stands twice")
    return 1 if twice else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
