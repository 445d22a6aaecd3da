"""The pages that people look at, in a browser: two widths, light and dark."""

import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import pytest
from browser import SCHEMES, WIDTHS, Window, chromium
from playwright.sync_api import sync_playwright

from reports.history.__main__ import main as history
from reports.site import ROOT, build

SUITE = """\
*** Settings ***
Library    LatencyLibrary
Library    Collections

*** Test Cases ***
Measured
    [Tags]    PZ-1
    @{seconds} =    Evaluate    [0.1 + 0.001 * (i % 50) for i in range(400)]
    ${measured} =    Collect Latencies    job to first frame    ${seconds}
    Latency Should Be Within    ${measured}    p95=5 s
Red
    [Tags]    PZ-2
    Fail    GET /channels: expected P95 <= 300 ms, but 52 of 300 exceed it; see ${{'x' * 200}}
Undecided
    Skip    UNDETERMINED: nobody knows why.
"""
OURS_IN_LIBDOC = ".doc pre, .doc table, .kwdoc pre, .kwdoc table"
OURS_IN_LOG = ".message details, .message svg, .message table, .message pre"


@pytest.fixture(scope="module")
def window() -> Iterator[Window]:
    program = chromium()
    if program is None:
        pytest.skip("no Chromium is on the path, so nobody looks at the pages")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu"]
        )
        yield Window(running)
        running.close()


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    (folder / "suite.robot").write_text(SUITE, encoding="utf-8")
    paths = os.pathsep.join(str(ROOT / each) for each in ("libraries", "variables", "."))
    env = {**os.environ, "PYTHONPATH": paths, "FOCUS_ENVIRONMENT": "sandbox"}
    about = ["--metadata", "Commit:1bfe8e5", "--metadata", "Environment:sandbox"]
    command = [sys.executable, "-m", "robot", *about, "--outputdir", str(folder)]
    subprocess.run([*command, str(folder / "suite.robot")], env=env, check=False, timeout=120)
    return folder


@pytest.fixture(scope="module")
def trend(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("history")
    output = str(run_folder / "output.xml")
    assert history([output, "--folder", str(folder)]) == 0
    return folder / "index.html"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("site")).parent


both_widths = pytest.mark.parametrize("width", WIDTHS)
both_schemes = pytest.mark.parametrize("scheme", SCHEMES)


@both_widths
@both_schemes
def test_the_log_shows_our_parts_within_its_width(
    window: Window, run_folder: Path, width: int, scheme: str
) -> None:
    page = window.opened(run_folder / "log.html", width, scheme)
    page.browser.evaluate("expandAll('s1')")
    page.browser.wait_for_selector(".message svg", state="attached")
    page.browser.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.count(".message svg") >= 1
    assert page.errors == []
    assert page.too_wide(OURS_IN_LOG) == []


@both_widths
@both_schemes
def test_the_report_opens_without_an_error(
    window: Window, run_folder: Path, width: int, scheme: str
) -> None:
    page = window.opened(run_folder / "report.html", width, scheme)
    page.browser.wait_for_selector("#test-details, .details, #statistics-container")
    assert page.errors == []


@both_widths
@both_schemes
def test_the_trend_has_plots_and_fits(window: Window, trend: Path, width: int, scheme: str) -> None:
    page = window.opened(trend, width, scheme)
    assert page.count("svg") >= 1
    assert page.errors == []
    assert page.too_wide() == []


@pytest.mark.parametrize(("width", "scheme"), [*zip(WIDTHS, SCHEMES, strict=True)])
def test_the_documentation_fits(window: Window, site: Path, width: int, scheme: str) -> None:
    """Colours move nothing, so each width is looked at in one scheme."""
    for name in [*sorted(site.glob("*.html")), *sorted(site.glob("docs/*.html"))]:
        page = window.opened(name, width, scheme)
        assert page.errors == [], name.name
        assert page.too_wide() == [], name.name


def test_the_pages_of_the_keywords_open_without_an_error(window: Window, site: Path) -> None:
    """Robot makes them all alike: each is opened once, and every other one narrow and dark."""
    shapes = cycle(zip(WIDTHS, SCHEMES, strict=True))
    for name in sorted(site.glob("keywords/*.html")):
        page = window.opened(name, *next(shapes))
        page.browser.wait_for_selector(".keyword-container, .kw-row", state="attached")
        assert page.errors == [], name.name
        assert page.too_wide(OURS_IN_LIBDOC) == [], name.name


def test_dark_is_dark(window: Window, trend: Path) -> None:
    colours = []
    for scheme in SCHEMES:
        page = window.opened(trend, WIDTHS[0], scheme)
        script = "getComputedStyle(document.body).backgroundColor"
        colours.append(page.browser.evaluate(script))
    assert len(set(colours)) == len(SCHEMES)
