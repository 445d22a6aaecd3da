"""How long one pass over an array takes, compared with numpy's own min, max, mean and std.

    PYTHONPATH=libraries python -P bench/data_summary.py [VALUES]

Prints the ratio (best of several runs each) and fails above the limit of 1.5.
"""

import sys
import time
from collections.abc import Callable

import numpy as np

from focus_engine.arrays.summary.statistics import statistics_of

VALUES = 10**8
LIMIT = 1.5
REPEATS = 3


def main(values: int) -> int:
    array = np.random.default_rng(1).standard_normal(values, dtype=np.float32)
    numpys = _best(lambda: (array.min(), array.max(), array.mean(), array.std()))
    ours = _best(lambda: statistics_of(array))
    ratio = ours / numpys
    print(f"{values} float32: numpy {numpys:.3f} s, one pass {ours:.3f} s, ratio {ratio:.2f}")
    return 0 if ratio <= LIMIT else 1


def _best(work: Callable[[], object]) -> float:
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else VALUES))
