"""The frame of a small inline SVG chart: axes, grid, legend. Every text is escaped.

Sizes are chosen for a phone: 480 units wide, so that letters stay legible when a screen of 360
pixels shows all of it. Colours differ for the colour-blind and in grey print, and the background
is white whatever the theme of the log.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import floor, log10

from focus_engine.latency.requirements.limit import Limit

WIDTH, HEIGHT = 480, 270
LEFT, RIGHT, TOP, BOTTOM = 52, 12, 40, 36
INK, FAINT = "#222", "#ddd"
TIME_TICKS = 6
MEDIAN = 'stroke="#0072b2" stroke-width="2"'
TAIL = 'stroke="#d55e00" stroke-width="2"'
LIMIT = 'stroke="#a00" stroke-width="1.5" stroke-dasharray="8 4"'


@dataclass(frozen=True)
class Axis:
    """A linear or logarithmic mapping of [low, high] to [start, end] units."""

    low: float
    high: float
    start: float
    end: float
    logarithmic: bool = False

    def at(self, value: float) -> float:
        value = min(max(value, self.low), self.high)
        if self.logarithmic:
            part = log10(value / self.low) / log10(self.high / self.low)
        else:
            part = (value - self.low) / (self.high - self.low)
        return self.start + part * (self.end - self.start)


def time_axis(seconds_from: float, seconds_to: float) -> Axis:
    return Axis(seconds_from, max(seconds_to, seconds_from + 1), LEFT, WIDTH - RIGHT)


def time_ticks(end: float) -> list[float]:
    """A handful of round numbers of seconds from 0 to `end`."""
    raw = max(end, 1.0) / TIME_TICKS
    power = 10.0 ** floor(log10(raw))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= raw)
    return [tick * step for tick in range(int(end / step) + 1)]


def latency_axis(low: float, high: float, start: float, end: float) -> Axis:
    """Logarithmic, in milliseconds, over whole steps of 1-2-5."""
    steps = [m * 10.0**e for e in range(-3, 7) for m in (1, 2, 5)]
    bottom = max((step for step in steps if step <= low), default=steps[0])
    top = min((step for step in steps if step >= high * 1.05), default=steps[-1])
    return Axis(bottom, max(top, bottom * 2), start, end, logarithmic=True)


def latency_ticks(axis: Axis) -> list[float]:
    """Few enough to be read: powers of ten, and 2 and 5 between them on a short axis."""
    short = axis.high / axis.low <= 100  # noqa: PLR2004 - two decades
    factors = (1, 2, 5) if short else (1,)
    ticks = [m * 10.0**e for e in range(-3, 7) for m in factors]
    return [tick for tick in ticks if axis.low * 0.999 <= tick <= axis.high * 1.001]


def line(x1: float, y1: float, x2: float, y2: float, style: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" {style}/>'


def text(x: float, y: float, words: str, *, anchor: str = "start", colour: str = INK) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">'
        f"{escape(words)}</text>"
    )


def area(left: float, right: float, words: str, fill: str) -> list[str]:
    """A shaded part of the plot (units), named at its lower left."""
    size = f'width="{right - left:.1f}" height="{HEIGHT - BOTTOM - TOP}"'
    return [
        f'<rect x="{left:.1f}" y="{TOP}" {size} fill="{fill}"/>',
        text(left + 2, HEIGHT - BOTTOM - 4, words, colour="#666"),
    ]


def limit_lines(y: Axis, limits: Sequence[Limit]) -> list[str]:
    """A line at the height of each limit, on an axis of milliseconds, with its name."""
    parts = []
    for limit in limits:
        height = y.at(limit.seconds * 1000)
        parts.append(line(LEFT, height, WIDTH - RIGHT, height, LIMIT))
        parts.append(text(WIDTH - RIGHT - 2, height - 3, limit.text, anchor="end", colour="#a00"))
    return parts


def polyline(points: Sequence[tuple[float, float]], style: str) -> str:
    joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{joined}" fill="none" {style}/>'


def horizontal_grid(ticks: Sequence[tuple[float, str]]) -> list[str]:
    """Grid lines at heights (units) with their labels."""
    parts = []
    for y, label in ticks:
        parts.append(line(LEFT, y, WIDTH - RIGHT, y, f'stroke="{FAINT}"'))
        parts.append(text(LEFT - 4, y + 4, label, anchor="end"))
    return parts


def vertical_grid(ticks: Sequence[tuple[float, str]]) -> list[str]:
    parts = []
    for x, label in ticks:
        parts.append(line(x, TOP, x, HEIGHT - BOTTOM, f'stroke="{FAINT}"'))
        parts.append(text(x, HEIGHT - BOTTOM + 14, label, anchor="middle"))
    return parts


def legend(entries: Sequence[tuple[str, str]]) -> list[str]:
    """Names with the style of their line, in one row at the top."""
    parts, x = [], float(LEFT)
    for name, style in entries:
        parts.append(line(x, 25, x + 16, 25, style))
        parts.append(text(x + 20, 29, name))
        x += 30 + 7 * len(name)
    return parts


def svg(title: str, parts: Sequence[str], x_label: str) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="100%" role="img" '
        f'style="max-width:720px;display:block;font:12px sans-serif" '
        f'xmlns="http://www.w3.org/2000/svg"><title>{escape(title)}</title>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
        + text(LEFT, 14, title)
        + "".join(parts)
        + text(WIDTH - RIGHT, HEIGHT - 6, x_label, anchor="end")
        + "</svg>"
    )


def number(value: float) -> str:
    """A number without a tail of zeros: 0.5, 20, 1000."""
    return f"{value:.10g}"
