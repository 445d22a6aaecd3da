"""The evidence of a measurement as HTML for the log: a few tables and two charts, no files."""

from collections import Counter
from collections.abc import Sequence
from html import escape

from focus_engine.evidence import Table, scrolled
from focus_engine.latency.charts.plot import distribution, timeline
from focus_engine.latency.measuring.generator import Honesty, core_wait
from focus_engine.latency.measuring.measurement import Measurement
from focus_engine.latency.requirements.limit import CONFIDENCE, Limit
from focus_engine.latency.sampler.outcome import Outcome
from focus_engine.latency.statistics.decision import ALPHA, Bounds, Decision
from focus_engine.latency.statistics.percentiles import METHOD, Percentile, percentiles


def measurement_html(
    measurement: Measurement, limits: Sequence[Limit], files: Sequence[str] = ()
) -> str:
    """Everything that was measured; `files` are addresses of the raw samples beside the log."""
    samples = measurement.samples
    links = ", ".join(f'<a href="{escape(file)}">{escape(file)}</a>' for file in files)
    return "".join(
        [
            f"<p><b>{escape(measurement.endpoint)}</b>, environment "
            f"{escape(measurement.environment)}: {escape(measurement.load)}"
            + "".join(f"; {escape(note)}" for note in measurement.notes)
            + "</p>",
            timeline(samples, limits, measurement.events),
            scrolled(_percentile_table(measurement)),
            scrolled(_outcome_table(measurement)),
            distribution(samples, limits),
            scrolled(_honesty_table(measurement)),
            f"<p>Raw samples: {links}</p>" if links else "",
        ]
    )


def decisions_html(decisions: Sequence[Decision], remarks: Sequence[str] = ()) -> str:
    """How each limit was decided."""
    table = _upright(
        f"Verdicts at {1 - ALPHA:.0%}, decided by the wider of two intervals of the share (errors "
        "and timeouts count as over the limit)",
        [decision.text for decision in decisions],
        [_decision_facts(decision) for decision in decisions],
    )
    notes = "".join(f"<li>{escape(remark)}</li>" for remark in remarks)
    return scrolled(table) + (f"<ul>{notes}</ul>" if notes else "")


def _percentile_table(measurement: Measurement) -> Table:
    ok = measurement.samples.ok_response
    rows = [_percentile_row(item) for item in percentiles(ok)]
    if len(ok):
        rows.append(["max", _ms(float(ok.max())), "", str(len(ok)), ""])
    return Table(
        f"Response time of ok answers from the due time, ms ({METHOD}; intervals from order "
        f"statistics, {CONFIDENCE:.0%})",
        ["", "ms", "interval", "n", "remark"],
        rows,
    )


def _percentile_row(item: Percentile) -> list[str]:
    interval = f"{_ms(item.lower)} to {_ms(item.upper)}"
    remark = "" if item.enough else f"too few samples: {item.needed} needed"
    return [item.name, _ms(item.value), interval, str(item.count), remark]


def _outcome_table(measurement: Measurement) -> Table:
    samples = measurement.samples
    counts, total = samples.outcomes(), len(samples)
    rows = []
    for outcome, count in counts.items():
        if count or outcome is Outcome.OK:
            share = f"{count / total:.2%}" if total else ""
            examples = samples.examples.get(outcome.name, [])
            rows.append([outcome.words, count, share, examples[0] if examples else ""])
    rows.append(["warm-up (not counted)", len(samples.warm_ups), "", ""])
    return Table("Outcomes", ["outcome", "requests", "share", "example"], rows)


def _honesty_table(measurement: Measurement) -> Table:
    return _upright(
        "How honest the generator was (open loop: achieved >= 99 %, no drops; lag P99 <= 5 % of "
        "the limit; client <= 80 % of a core)",
        [
            f"round {number}" + (f": {item.share}" if item.share else "")
            for number, item in enumerate_rounds(measurement.rounds)
        ],
        [_honesty_facts(item) for item in measurement.rounds],
    )


def enumerate_rounds(rounds: Sequence[Honesty]) -> list[tuple[int, Honesty]]:
    """Each entry with the number of its round; the shares of one round have the same."""
    seen: Counter[str] = Counter()
    numbered = []
    for item in rounds:
        seen[item.share] += 1
        numbered.append((seen[item.share], item))
    return numbered


def _upright(caption: str, names: Sequence[str], facts: Sequence[dict[str, str]]) -> Table:
    """A column per item and a row per fact, so that it fits on a phone and on paper."""
    keys = list(facts[0]) if facts else []
    return Table(caption, ["", *names], [[key, *(item[key] for item in facts)] for key in keys])


def _honesty_facts(item: Honesty) -> dict[str, str]:
    return {
        "loop": "open" if item.open_loop else "closed",
        "offered": str(item.offered),
        "sent": str(item.sent),
        "achieved": f"{item.achieved:.1%} of the offered rate" if item.open_loop else "",
        "dropped": str(item.dropped),
        "per second": f"{item.rate:.3g}",
        "schedule lag P50": f"{_ms(item.lag_p50)} ms",
        "schedule lag P99": f"{_ms(item.lag_p99)} ms",
        "wait for a core P99": f"{_ms(core_wait([item]))} ms",
        "client CPU": f"{item.cpu_share:.0%} of a core",
        "timer": item.loop,
        "ended early": "yes" if item.stopped_early else "no",
    }


def _decision_facts(decision: Decision) -> dict[str, str]:
    return {
        "verdict": decision.verdict.value,
        "over the limit": f"{decision.exceedances} of {decision.requests} ({decision.share:.2%})",
        "allowed": f"{decision.allowed_share:.2%}",
        "interval, independent": _bounds(decision.independent),
        "interval, by windows": _bounds(decision.by_windows),
        "windows": f"{decision.windows} of {decision.window_seconds:.3g} s, "
        f"{decision.bad_windows} with requests over",
        "effective samples": f"{decision.requests / decision.design_effect:.0f}",
        "looks (each at alpha / looks)": str(decision.looks),
    }


def _bounds(bounds: Bounds) -> str:
    return f"{bounds.lower:.2%} to {bounds.upper:.2%}"


def _ms(seconds: float | None) -> str:
    return "unknown" if seconds is None else f"{seconds * 1000:.2f}"
