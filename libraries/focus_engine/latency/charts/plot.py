"""Charts of a measurement as inline SVG: a timeline per second and the distribution."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, log10

import numpy as np

from focus_engine.latency.charts.chart import (
    BOTTOM,
    HEIGHT,
    LEFT,
    LIMIT,
    MEDIAN,
    RIGHT,
    TAIL,
    TOP,
    WIDTH,
    Axis,
    area,
    horizontal_grid,
    latency_axis,
    latency_ticks,
    legend,
    limit_lines,
    line,
    number,
    polyline,
    svg,
    text,
    time_axis,
    time_ticks,
    vertical_grid,
)
from focus_engine.latency.measuring.events import Event
from focus_engine.latency.requirements.limit import Limit, percent_name, rank_of
from focus_engine.latency.statistics.samples import Floats, Samples

MOST_BINS = 240
CURVE_POINTS = 150
MOST_ERROR_HEIGHT = 26.0
LARGEST = 'stroke="#777" stroke-width="1" stroke-dasharray="2 2"'
ERRORS = "#c00"
EVENT = 'stroke="#000" stroke-width="1" stroke-dasharray="1 3"'
NINES = (0.0, 0.5, 0.9, 0.99, 0.999, 0.9999)


@dataclass(frozen=True)
class Bins:
    """Per time bin: its start (s), P50, tail and maximum of ok answers (ms), number of errors.

    The tail is the highest percentile that is judged; P99 where none is.
    """

    seconds: float
    start: Floats
    median: Floats
    tail: Floats
    largest: Floats
    error_start: Floats
    errors: Floats


def timeline(samples: Samples, limits: Sequence[Limit], events: Sequence[Event]) -> str:
    """P50, what is judged and maximum per second against time; empty where there are no samples."""
    if len(samples) == 0:
        return ""
    end = max([float(samples.due[-1]), *(event.at for event in events)])
    warm_ups = samples.warm_ups
    begin = float(warm_ups["due"].min() - samples.origin) if len(warm_ups) else 0.0
    percent = max((limit.percent for limit in limits), default=Fraction(99))
    bins = _bins(samples, end, percent)
    x, y = time_axis(min(0.0, begin), end), _heights(bins, limits)
    per = "second" if bins.seconds == 1 else f"{number(bins.seconds)} s"
    parts = [
        *_warm_up(x, begin),
        *horizontal_grid([(y.at(tick), number(tick)) for tick in latency_ticks(y)]),
        *vertical_grid([(x.at(tick), number(tick)) for tick in time_ticks(end)]),
        *limit_lines(y, limits),
        *_error_bars(x, bins),
        polyline(_points(x, y, bins, bins.largest), LARGEST),
        polyline(_points(x, y, bins, bins.median), MEDIAN),
        polyline(_points(x, y, bins, bins.tail), TAIL),
        *_event_lines(x, events),
        *legend(
            [
                ("P50", MEDIAN),
                (percent_name(percent), TAIL),
                ("max", LARGEST),
                ("limit", LIMIT),
                ("errors", f'stroke="{ERRORS}" stroke-width="6"'),
            ]
        ),
    ]
    return svg(f"Response time per {per}, ms", parts, "seconds")


def distribution(samples: Samples, limits: Sequence[Limit]) -> str:
    """The share of ok answers within a latency: latency and the share's nines logarithmic."""
    values = np.sort(samples.ok_response) * 1000
    if len(values) == 0:
        return ""
    edges = [limit.seconds * 1000 for limit in limits]
    x = latency_axis(
        min([float(values[0]), *edges]), max([float(values[-1]), *edges]), LEFT, WIDTH - RIGHT
    )
    top = max(1.0, log10(len(values)))
    y = Axis(0.0, top, HEIGHT - BOTTOM, TOP)
    ranks = np.unique(
        (len(values) - len(values) ** (1 - np.linspace(0, 1, CURVE_POINTS))).astype(int)
    )
    points = [(x.at(float(values[rank])), y.at(_nines(rank / len(values)))) for rank in ranks]
    parts = [
        *horizontal_grid(
            [(y.at(_nines(share)), f"{share * 100:g}%") for share in NINES if _nines(share) <= top]
        ),
        *vertical_grid([(x.at(tick), number(tick)) for tick in latency_ticks(x)]),
        polyline(points, MEDIAN),
    ]
    for limit in limits:
        at, height = x.at(limit.seconds * 1000), y.at(_nines(float(limit.percent / 100)))
        parts.append(line(at, TOP, at, HEIGHT - BOTTOM, LIMIT))
        parts.append(f'<circle cx="{at:.1f}" cy="{height:.1f}" r="4" fill="#a00"/>')
        parts.append(text(at - 6, height - 6, percent_name(limit.percent), anchor="end"))
    return svg("Share of answers within a response time (dots: what is demanded)", parts, "ms")


def _nines(share: float) -> float:
    return -log10(1 - share) + 0.0


def _bins(samples: Samples, end: float, percent: Fraction) -> Bins:
    seconds = float(max(1, ceil(end / MOST_BINS)))
    ok = samples.ok
    index = np.maximum(0, (samples.due[ok] / seconds).astype(np.int64))
    order = np.argsort(index, kind="stable")  # they nearly are in order
    ordered = samples.ok_response[order] * 1000
    used, begin, count = np.unique(index[order], return_index=True, return_counts=True)
    for one in np.split(ordered, begin[1:]):
        one.sort()  # in place, a bin at a time: much faster than all of them by two keys
    failed = np.maximum(0, (samples.due[samples.failed] / seconds).astype(np.int64))
    error_bins, errors = np.unique(failed, return_counts=True)
    return Bins(
        seconds=seconds,
        start=used * seconds,
        median=ordered[begin + (count + 1) // 2 - 1],
        tail=ordered[begin + np.array([rank_of(percent, int(one)) for one in count], np.int64) - 1],
        largest=ordered[begin + count - 1],
        error_start=error_bins * seconds,
        errors=errors.astype(np.float64),
    )


def _heights(bins: Bins, limits: Sequence[Limit]) -> Axis:
    edges = [limit.seconds * 1000 for limit in limits]
    low = [float(bins.median.min())] if len(bins.median) else []
    high = [float(bins.largest.max())] if len(bins.largest) else []
    return latency_axis(
        min([*low, *edges], default=1), max([*high, *edges], default=1000), HEIGHT - BOTTOM, TOP
    )


def _points(x: Axis, y: Axis, bins: Bins, values: Floats) -> list[tuple[float, float]]:
    middles = bins.start + bins.seconds / 2
    return [(x.at(float(a)), y.at(float(b))) for a, b in zip(middles, values, strict=True)]


def _warm_up(x: Axis, begin: float) -> list[str]:
    return area(x.at(begin), x.at(0.0), "warm-up", "#eee") if begin < 0 else []


def _error_bars(x: Axis, bins: Bins) -> list[str]:
    if len(bins.errors) == 0:
        return []
    width = max(1.5, x.at(bins.seconds) - x.at(0.0))
    most = float(bins.errors.max())
    bars = []
    for start, errors in zip(bins.error_start, bins.errors, strict=True):
        height = max(3.0, MOST_ERROR_HEIGHT * float(errors) / most)
        bars.append(
            f'<rect x="{x.at(float(start)):.1f}" y="{HEIGHT - BOTTOM - height:.1f}" '
            f'width="{width:.1f}" height="{height:.1f}" fill="{ERRORS}" fill-opacity=".75"/>'
        )
    return bars


def _event_lines(x: Axis, events: Sequence[Event]) -> list[str]:
    parts = []
    for number_, event in enumerate(events):
        at = x.at(event.at)
        anchor = "start" if at < WIDTH * 0.6 else "end"
        parts.append(line(at, TOP, at, HEIGHT - BOTTOM, EVENT))
        parts.append(text(at, TOP + 11 + 13 * (number_ % 3), f" {event.name} ", anchor=anchor))
    return parts
