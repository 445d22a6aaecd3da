"""Independent judges of our own figures: SciPy of the bounds, vegeta of the open loop."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.measuring import Line
from focus_engine.latency.statistics.binomial import share_lower_bound, share_upper_bound

VEGETA = "github.com/tsenart/vegeta/v12@v12.12.0"
SIZES = (1, 2, 5, 20, 59, 100, 299, 420, 1000, 3000, 10_000)
ALPHAS = (0.05, 0.025, 0.05 / 3, 0.001)
MOST_OFF_SCIPY = 1e-7
INSTALL_SECONDS, CHILD_SECONDS = 300, 60


def bounds_by_scipy() -> list[Line]:
    """The largest distance of our Clopper-Pearson bounds from SciPy's, over a grid."""
    goal = f"bounds of a share, farthest from SciPy's: <= {MOST_OFF_SCIPY:g}"
    try:
        from scipy import stats  # type: ignore[import-untyped]  # noqa: PLC0415 - development only
    except ImportError:
        return [Line(goal, "SciPy is not installed (requirements-dev.txt)", None)]
    worst, count, where = 0.0, 0, ""
    for n in SIZES:
        for k in sorted({0, 1, 2, n // 100, n // 20, n // 2, n - 1, n} & set(range(n + 1))):
            for alpha in ALPHAS:
                found = stats.binomtest(k, n).proportion_ci(1 - 2 * alpha, "exact")
                pair = (share_lower_bound(k, n, alpha), share_upper_bound(k, n, alpha))
                off = max(abs(pair[0] - found.low), abs(pair[1] - found.high))
                count += 2
                if off >= worst:
                    worst, where = off, f"{k} of {n}, alpha {alpha:.3g}"
    text = f"{worst:.1e} ({where}; {count} bounds)"
    return [Line(goal, text, worst <= MOST_OFF_SCIPY)]


def vegeta(install: bool) -> str | None:
    """Where vegeta is; built from the Go module proxy when it may be installed."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    own = folder / "focus-server-tests" / "bench"
    found = shutil.which("vegeta") or shutil.which("vegeta", path=str(own))
    go = shutil.which("go")
    if found is None and install and go is not None:
        environment = {**os.environ, "GOBIN": str(own)}
        subprocess.run(
            [go, "install", VEGETA], check=True, env=environment, timeout=INSTALL_SECONDS
        )
        found = shutil.which("vegeta", path=str(own))
    return found


def by_vegeta(program: str, port: int, rate: int, seconds: float) -> float:
    """P99 in seconds of an open loop of vegeta's."""
    with TemporaryDirectory() as folder:
        results = Path(folder) / "results.bin"
        target = f"GET http://127.0.0.1:{port}/channels\n".encode()
        attack = ["-rate", f"{rate}/s", "-duration", f"{seconds:g}s", "-timeout", "10s"]
        _run([program, "attack", *attack, "-output", str(results)], target)
        report = _run([program, "report", "-type=json", str(results)], b"")
    return float(json.loads(report)["latencies"]["99th"]) / 1e9


def open_loop_by_vegeta(
    program: str | None, ours: Callable[[], float], theirs: Callable[[str], float], most: float
) -> list[Line]:
    """Our P99 over vegeta's, of the same stalling server."""
    goal = f"P99 with a stall of 1 s in 10 s over vegeta's: +- {most:.0%}"
    if program is None:
        return [Line(goal, "vegeta is not installed (--with-vegeta builds it with Go)", None)]
    own, other = ours(), theirs(program)
    off = own / other - 1
    return [
        Line(goal, f"{off:+.1%} ({own * 1000:.0f} over {other * 1000:.0f} ms)", abs(off) <= most)
    ]


def _run(command: list[str], given: bytes) -> bytes:
    done = subprocess.run(
        command, input=given, check=True, capture_output=True, timeout=CHILD_SECONDS
    )
    return done.stdout
