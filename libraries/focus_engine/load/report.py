"""The evidence of a load as HTML for the log: a table of its steps and two charts."""

from collections.abc import Sequence
from html import escape

from focus_engine.evidence import Table, scrolled
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
    horizontal_grid,
    latency_axis,
    latency_ticks,
    legend,
    limit_lines,
    number,
    polyline,
    svg,
    text,
)
from focus_engine.latency.charts.plot import timeline
from focus_engine.latency.charts.report import enumerate_rounds
from focus_engine.latency.requirements.limit import Limit
from focus_engine.latency.requirements.requirement import LatencyRequirement
from focus_engine.load.result import LoadResult, Step
from focus_engine.load.run import LoadRun
from focus_engine.load.verdict import why_broken

BROKEN = "#c00"


def load_html(
    run: LoadRun,
    requirement: LatencyRequirement,
    remarks: Sequence[str] = (),
    files: Sequence[str] = (),
) -> str:
    """Everything about a load; `remarks` say what is demanded and by whom."""
    result = run.result
    about = (
        f"<p><b>Load {escape(result.shape)}</b>, environment {escape(result.environment)}, "
        f"engine {escape(result.engine)}: {len(result.steps)} of {result.planned} steps, "
        f"investigations come {escape(result.arrival)}</p>"
    )
    links = ", ".join(f'<a href="{escape(file)}">{escape(file)}</a>' for file in files)
    return "".join(
        [
            about,
            scrolled(steps_table(result, requirement)),
            readers_html(result),
            shares_html(run),
            by_step(result, requirement),
            timeline(run.samples, requirement.limits, run.events),
            "<ul>" + "".join(f"<li>{escape(remark)}</li>" for remark in remarks) + "</ul>",
            f"<p>Result and raw samples: {links}</p>" if links else "",
        ]
    )


def steps_table(result: LoadResult, requirement: LatencyRequirement) -> Table:
    """A row per step; a step that was not run any more has none."""
    columns = ["step", "at once", "reached", "requests", "per s", "ok", "failed"]
    return Table(
        "Steps (latencies of ok answers in ms, from the due time, to half a per cent)",
        [*columns, "P50", "P95", "max", "alive at its end", "unnamed jobs", "verdict"],
        [_row(step, requirement) for step in result.steps],
    )


def _row(step: Step, requirement: LatencyRequirement) -> list[object]:
    counts = step.counts
    failed = ", ".join(f"{count} {kind}" for kind, count in counts.failed.items())
    reason = why_broken(step, requirement)
    return [
        step.number,
        step.jobs,
        step.reached,
        counts.requests,
        f"{step.rate:.3g}",
        f"{counts.success:.1%}",
        failed or "none",
        *(_ms(value) for value in (counts.percentile(50), counts.percentile(95), counts.longest)),
        "not known" if step.alive is None else step.alive,
        len(step.unknown),
        "; ".join([f"BREAKS: {reason}" if reason else "holds", *filter(None, [step.held_back])]),
    ]


def readers_html(result: LoadResult) -> str:
    """A row per step whose streams were read; empty where none were."""
    read = [(step.number, step.readers) for step in result.steps if step.readers is not None]
    if not read:
        return ""
    table = Table(
        "Readers (first frames in ms from the request; gap: the longest between two frames)",
        ["step", "streams", "served", "failed", "P50", "P95", "frames", "MB", "gap ms"],
        [
            [
                *(number, found.first.requests, f"{found.first.success:.1%}"),
                ", ".join(f"{n} {kind}" for kind, n in found.first.failed.items()) or "none",
                *(_ms(found.first.percentile(50)), _ms(found.first.percentile(95))),
                *(found.frames, f"{found.size / 1e6:.1f}", _ms(found.longest_gap)),
            ]
            for number, found in read
        ],
    )
    return scrolled(table)


def shares_html(run: LoadRun) -> str:
    """A row per share of every step, where several workers sent; the whole is the table above."""
    shares = [(number, item) for number, item in enumerate_rounds(run.rounds) if item.share]
    if not shares:
        return ""
    table = Table(
        "Shares (each worker's part of a step; latencies of ok answers in ms)",
        ["step", "share", "sent", "per s", "P50", "P95", "lag P99", "CPU", "dropped"],
        [
            [
                *(number, item.share, item.sent, f"{item.rate:.3g}"),
                *(_ms(item.p50), _ms(item.p95), _ms(item.lag_p99)),
                *(f"{item.cpu_share:.0%}", item.dropped),
            ]
            for number, item in shares
        ],
    )
    return scrolled(table)


def by_step(result: LoadResult, requirement: LatencyRequirement) -> str:
    """P50 and P95 against the steps, with the limits and the share of ok answers above."""
    steps = [step for step in result.steps if step.counts.latencies]
    if not steps:
        return ""
    x = Axis(0.5, len(result.steps) + 0.5, LEFT, WIDTH - RIGHT)
    y = _heights(steps, requirement.limits)
    parts = [
        *horizontal_grid([(y.at(tick), number(tick)) for tick in latency_ticks(y)]),
        *limit_lines(y, requirement.limits),
        *_curve(x, y, steps, 50, MEDIAN),
        *_curve(x, y, steps, 95, TAIL),
        *(part for step in result.steps for part in _label(x, step, requirement)),
        *legend([("P50", MEDIAN), ("P95", TAIL), ("limit", LIMIT)]),
    ]
    return svg("Response time by step, ms; above each step how many were ok", parts, "at once")


def _heights(steps: Sequence[Step], limits: Sequence[Limit]) -> Axis:
    values = [step.counts.percentile(percent) or 0.0 for step in steps for percent in (50, 95)]
    values += [limit.seconds for limit in limits]
    return latency_axis(min(values) * 1000, max(values) * 1000, HEIGHT - BOTTOM, TOP + 14)


def _curve(x: Axis, y: Axis, steps: Sequence[Step], percent: float, style: str) -> list[str]:
    points = [
        (x.at(step.number), y.at((step.counts.percentile(percent) or 0.0) * 1000)) for step in steps
    ]
    colour = style.split('"')[1]
    dots = [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3" fill="{colour}"/>' for a, b in points]
    return [polyline(points, style), *dots]


def _label(x: Axis, step: Step, requirement: LatencyRequirement) -> list[str]:
    at = x.at(step.number)
    broken = why_broken(step, requirement) is not None
    words = f"{step.counts.success:.0%}" + (" BREAKS" if broken else "")
    return [
        text(at, TOP + 8, words, anchor="middle", **({"colour": BROKEN} if broken else {})),
        text(at, HEIGHT - BOTTOM + 14, str(step.jobs), anchor="middle"),
    ]


def _ms(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds * 1000:.3g}"
