"""The page of the history: a paragraph for whoever has a minute, then trends and tables."""

from collections import defaultdict
from collections.abc import Sequence
from html import escape
from sqlite3 import Row

from reports.history.store import History
from reports.page import Link, page, table

SHOWN = 60  # runs on the page; the file keeps all
# Width, height, space for numbers at the left and below: a telephone shows letters twice as large.
_CHART = (720, 180, 112, 40)


def history_page(history: History, dashboard: str | None) -> str:
    """The whole page; `dashboard` is where the page about single cases is, if there is one."""
    runs = history.rows("SELECT * FROM run ORDER BY started DESC, id DESC LIMIT ?", SHOWN)
    if not runs:
        return page("History", "<h1>History</h1><p>No run has been kept yet.</p>")
    links = [Link("Cases over time", dashboard)] if dashboard else []
    body = [
        "<h1>History of the Focus Server tests</h1>",
        f"<p>{_paragraph(history, runs[0])}</p>",
        "<h2>Latency</h2>",
        *_latency(history, runs),
        "<h2>Tickets that reproduce</h2>",
        _tickets(history, runs[0]),
        "<h2>Cases that changed their mind</h2>",
        _flaky(history, runs),
        "<h2>Runs</h2>",
        _runs(runs),
    ]
    return page("History of the Focus Server tests", "\n".join(body), links)


def _paragraph(history: History, run: Row) -> str:
    """What a manager wants to know of the last run."""
    kinds = history.rows(
        "SELECT kind, COUNT(*) AS n FROM verdict WHERE run = ? AND status = 'SKIP' AND kind != ''"
        " GROUP BY kind ORDER BY n DESC",
        run["id"],
    )
    why = ", ".join(f"{row['n']} {row['kind']}" for row in kinds) or "none"
    bugs = run["known_bugs"] or "none"
    proof = (
        "No proof was kept with it."
        if run["kill_rate"] is None
        else f"The proof noticed {run['kill_rate']:.1%} of the defects that were planted."
    )
    return (
        f"The last run ({_day(run)}, {escape(run['environment'])}, server "
        f"{escape(run['server'])}) covered {run['cases']} cases: {run['passed']} passed, "
        f'<strong class="{"fail" if run["failed"] else "pass"}">{run["failed"]} failed</strong>, '
        f"{run['skipped']} were not decided ({escape(why)}). Known bugs that it saw again: "
        f"{escape(bugs)}. {proof}"
    )


def _latency(history: History, runs: Sequence[Row]) -> list[str]:
    oldest = min(run["started"] for run in runs)
    found = history.rows(
        "SELECT e.*, r.started, r.environment FROM endpoint e JOIN run r ON r.id = e.run"
        " WHERE r.started >= ? ORDER BY r.started",
        oldest,
    )
    series: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in found:
        series[row["environment"], row["name"]].append(row)
    if not series:
        return ["<p>No run measured latency.</p>"]
    return [_endpoint(where, name, rows) for (where, name), rows in sorted(series.items())]


def _endpoint(environment: str, name: str, rows: Sequence[Row]) -> str:
    last = rows[-1]
    numbers = ", ".join(
        f"{label} {last[column]:.1f} ms" if last[column] is not None else f"{label} not known"
        for label, column in (("P50", "p50_ms"), ("P95", "p95_ms"), ("P99", "p99_ms"))
    )
    title = f"{escape(name)} on {escape(environment)}"
    shown = last["verdict"].lower() if last["verdict"] in {"PASS", "FAIL"} else "skip"
    verdict = f'<span class="{shown}">{escape(last["verdict"])}</span>'
    return f"<h3>{title}</h3>\n<p>Last: {numbers}; {verdict}</p>\n{_chart(name, rows)}"


def _chart(name: str, rows: Sequence[Row]) -> str:
    """P50, P95 and P99 of run after run, as inline SVG in ms from 0 on."""
    width, height, left, below = _CHART
    highest = max((row[c] or 0 for row in rows for c in ("p50_ms", "p95_ms", "p99_ms")), default=0)
    scale = (height - below - 8) / (highest or 1)
    step = (width - left - 16) / max(len(rows) - 1, 1)

    def point(index: int, value: float) -> str:
        return f"{left + 8 + index * step:.1f},{height - below - value * scale:.1f}"

    def line(column: str, dash: str, colour: str) -> str:
        points = [point(i, row[column]) for i, row in enumerate(rows) if row[column] is not None]
        dots = "".join(
            f'<circle cx="{x}" cy="{y}" r="4" fill="var(--{colour})"/>'
            for x, y in (p.split(",") for p in points)
        )
        return (
            f'<polyline points="{" ".join(points)}" fill="none" stroke="var(--{colour})" '
            f'stroke-width="2" stroke-dasharray="{dash}"/>{dots}'
        )

    lines = line("p50_ms", "", "good") + line("p95_ms", "", "link") + line("p99_ms", "4 3", "warn")
    base = height - below
    end = f'<text x="{width}" y="{height - 8}" text-anchor="end">{_day(rows[-1])}</text>'
    until = end if len(rows) > 1 else ""
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(name)}: P50, P95 and '
        f'P99 in ms over {len(rows)} runs" font-size="11" fill="currentColor">'
        f'<line x1="{left}" y1="{base}" x2="{width}" y2="{base}" stroke="var(--line)"/>'
        f'<text x="{left - 8}" y="24" text-anchor="end">{highest:.0f} ms</text>'
        f'<text x="{left - 8}" y="{base}" text-anchor="end">0</text>{lines}'
        f'<text x="{left}" y="{height - 8}">{_day(rows[0])}</text>{until}</svg>'
        '<p class="soft">P50 green, P95 blue, P99 brown and dashed.</p>'
    )


def _tickets(history: History, run: Row) -> str:
    rows = history.rows(
        "SELECT tickets, COUNT(*) AS n, MIN(name) AS name FROM verdict"
        " WHERE run = ? AND tickets != ''"
        " AND (status = 'FAIL' OR kind = 'KNOWN BUG') GROUP BY tickets ORDER BY tickets",
        run["id"],
    )
    if not rows:
        return "<p>None in the last run.</p>"
    cells = [[escape(row["tickets"]), str(row["n"]), escape(row["name"])] for row in rows]
    return table(("Tickets", "Cases", "For example"), cells)


def _flaky(history: History, runs: Sequence[Row]) -> str:
    """Cases that both passed and failed for one commit in one environment."""
    rows = history.rows(
        "SELECT v.name, r.environment, r.commit_id, SUM(v.status = 'PASS') AS good,"
        " SUM(v.status = 'FAIL') AS bad FROM verdict v JOIN run r ON r.id = v.run"
        " WHERE r.started >= ? GROUP BY v.name, r.environment, r.commit_id"
        " HAVING good AND bad ORDER BY bad DESC LIMIT 50",
        min(run["started"] for run in runs),
    )
    if not rows:
        return "<p>None: for one commit in one environment every case ended the same each time.</p>"
    cells = [
        [escape(row["name"]), escape(row["environment"]), str(row["good"]), str(row["bad"])]
        for row in rows
    ]
    return table(("Case", "Environment", "Passed", "Failed"), cells)


def _runs(runs: Sequence[Row]) -> str:
    heads = ("Started", "Environment", "Commit", "Server", "Cases", "Passed", "Failed", "Skipped")
    columns = ("environment", "commit_id", "server", "cases", "passed", "failed", "skipped")
    cells = [[_day(run), *(escape(str(run[name])) for name in columns)] for run in runs]
    return table(heads, cells)


def _day(row: Row) -> str:
    """`2026-11-28 18:39` of an ISO time."""
    return escape(str(row["started"])[:16].replace("T", " "))
