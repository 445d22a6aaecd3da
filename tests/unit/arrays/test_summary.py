"""The streaming statistics against numpy, in one pass and without copies of the array."""

import math
import tracemalloc

import numpy as np
import pytest

from focus_engine.arrays.summary.statistics import CHUNK, statistics_of


@pytest.mark.parametrize("dtype", ["<f2", "<f4", ">f4", "<f8", "i1", "u1", "<i2", ">u2", "<i8"])
@pytest.mark.parametrize("size", [1, CHUNK - 1, CHUNK, 3 * CHUNK + 5])
def test_agrees_with_numpy(dtype: str, size: int) -> None:
    values = np.random.default_rng(size).integers(0, 100, size).astype(dtype)
    true = statistics_of(values)
    assert (true.minimum, true.maximum) == (values.min(), values.max())
    assert math.isclose(true.mean, values.astype("f8").mean(), rel_tol=1e-12)
    assert math.isclose(true.std, values.astype("f8").std(), rel_tol=1e-9, abs_tol=1e-12)


@pytest.mark.parametrize("dtype", ["<i8", "<u8"])
def test_sums_beyond_64_bits_are_exact(dtype: str) -> None:
    highest = int(np.iinfo(dtype).max)
    true = statistics_of(np.full(1000, highest, dtype))
    assert (true.total, true.mean, true.std) == (highest * 1000, float(highest), 0.0)


def test_negative_sums_of_64_bits_are_exact() -> None:
    values = np.array([-(2**63), -(2**63), -1, 5], "<i8")
    assert statistics_of(values).total == sum(int(each) for each in values)


def test_a_small_spread_on_a_large_offset_keeps_its_digits() -> None:
    values = 1e8 + np.arange(5 * CHUNK) % 3
    assert math.isclose(statistics_of(values).std, float(values.std()), rel_tol=1e-9)


def test_nan_is_counted_and_left_out() -> None:
    values = np.array([np.nan, 1, 3, np.nan], "<f4")
    true = statistics_of(values, chunk=1)
    assert (true.count, true.nan_count, true.minimum, true.maximum) == (4, 2, 1.0, 3.0)
    assert (true.mean, true.std) == (2.0, 1.0)


def test_infinities_leave_no_moment() -> None:
    true = statistics_of(np.array([1, np.inf], "<f4"))
    assert (true.minimum, true.maximum, true.mean) == (1.0, math.inf, math.inf)
    assert math.isnan(true.std)


@pytest.mark.parametrize("view", ["F", "slice", "reversed"])
def test_any_layout_is_read(view: str) -> None:
    base = np.arange(6000, dtype="<f4").reshape(60, 100)
    values = {"F": np.asfortranarray(base), "slice": base[::3, 1::2], "reversed": base[::-1]}[view]
    true = statistics_of(values, chunk=64)
    assert (true.count, true.minimum, true.maximum) == (values.size, values.min(), values.max())
    assert math.isclose(true.mean, float(values.mean(dtype="f8")))


def test_memory_is_bounded_by_the_chunk() -> None:
    values = np.ones((2048, 2048), "<f4")[:, ::2]
    tracemalloc.start()
    statistics_of(values)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * CHUNK * 8 < values.nbytes
