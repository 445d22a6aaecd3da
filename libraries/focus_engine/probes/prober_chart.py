"""A probe's response times as inline SVG, with the outages shaded."""

from collections.abc import Sequence

from focus_engine.latency.charts.chart import (
    BOTTOM,
    HEIGHT,
    LEFT,
    RIGHT,
    TOP,
    WIDTH,
    Axis,
    area,
    horizontal_grid,
    latency_axis,
    latency_ticks,
    legend,
    line,
    number,
    polyline,
    svg,
    text,
    time_axis,
    time_ticks,
    vertical_grid,
)
from focus_engine.probes.prober import Sample, Series

Span = tuple[float, float]  # `time.monotonic()` from the proven beginning to the proven end

SHADE = "#fde9d9"
ANSWERED = 'stroke="#0072b2" stroke-width="2"'
LIMIT = 'stroke="#a00" stroke-width="1.5" stroke-dasharray="8 4"'
FAILED = 'stroke="#c00" stroke-width="3"'
LEAST_MS = 0.1


def probe_chart(series: Series, outages: Sequence[Span], limit: float | None = None) -> str:
    """Response time (ms) against seconds since the probe began; failures as red marks."""
    end = series.ended - series.began
    answered = [one for one in series.samples if one.answer.is_ok]
    edges = [_milliseconds(one) for one in answered] + ([limit * 1000] if limit else [])
    x = time_axis(0.0, end)
    y = latency_axis(min(edges, default=1.0), max(edges, default=1000.0), HEIGHT - BOTTOM, TOP)
    parts = [
        *_shades(x, outages, series),
        *horizontal_grid([(y.at(tick), number(tick)) for tick in latency_ticks(y)]),
        *vertical_grid([(x.at(tick), number(tick)) for tick in time_ticks(end)]),
        *_limit(y, limit),
        polyline(
            [(x.at(one.at - series.began), y.at(_milliseconds(one))) for one in answered], ANSWERED
        ),
        *_marks(x, series),
        *legend([("answered 200", ANSWERED), ("not answered 200", FAILED), ("limit", LIMIT)]),
    ]
    return svg(f"{series.request}: response time, ms", parts, "seconds")


def _milliseconds(sample: Sample) -> float:
    return max(LEAST_MS, sample.answer.seconds * 1000)


def _shades(x: Axis, outages: Sequence[Span], series: Series) -> list[str]:
    shades = []
    for start, end in outages:
        left, right = start - series.began, end - series.began
        shades += area(x.at(left), x.at(right), "outage", SHADE)
    return shades


def _limit(y: Axis, limit: float | None) -> list[str]:
    if limit is None:
        return []
    height = y.at(limit * 1000)
    words = f"{limit * 1000:g} ms"
    return [
        line(LEFT, height, WIDTH - RIGHT, height, LIMIT),
        text(WIDTH - RIGHT - 2, height - 3, words, anchor="end", colour="#a00"),
    ]


def _marks(x: Axis, series: Series) -> list[str]:
    marks = []
    for one in series.failed:
        at = x.at(one.at - series.began)
        marks.append(line(at, HEIGHT - BOTTOM, at, HEIGHT - BOTTOM - 20, FAILED))
    return marks
