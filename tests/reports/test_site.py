"""The documentation site: complete, without network, and every link of it leads somewhere."""

import re
from html import unescape
from pathlib import Path

import pytest

from focus_engine.causes import TABLES
from reports.site import ROOT, build, main
from reports.templates import templates

MEASURED = {"min", "max", "first", "last", "channel", "channels", "nfft", "frequency", "window"}
MEASURED |= {"start", "end", "start_time", "end_time", "seconds", "within", "data", "step"}
MEASURED |= {"count", "at_least"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("site")).parent


@pytest.mark.parametrize("name", ["notes.txt", "index.html"])
def test_a_folder_with_something_else_is_not_built_over(tmp_path: Path, capsys, name: str) -> None:
    (tmp_path / name).write_text("mine", encoding="utf-8")
    for folder in (tmp_path, tmp_path / name, tmp_path / name / "below"):
        assert main([str(folder)]) == 252
        assert "focus.py docs: " in capsys.readouterr().err
    assert (tmp_path / name).read_text(encoding="utf-8") == "mine"


def test_every_library_and_resource_is_documented_with_its_version(site: Path) -> None:
    sources = [*(ROOT / "libraries").glob("*Library.py"), *(ROOT / "resources").glob("*.resource")]
    for source in sources:
        text = (site / "keywords" / f"{source.stem}.html").read_text(encoding="utf-8")
        assert re.search(r'"version": ?"\d+\.\d+', text), source.stem


def test_every_link_of_a_page_leads_to_a_page(site: Path) -> None:
    for page in [*site.glob("*.html"), *site.glob("docs/*.html")]:
        for address in re.findall(r'(?:href|src)="(?!\w+:|#)([^"#]+)', page.read_text("utf-8")):
            outside = not address.endswith((".html", ".png"))
            assert outside or (page.parent / address).exists(), f"{page.name}: {address}"


def test_each_template_tells_its_columns_with_an_example(site: Path) -> None:
    text = (site / "tables.html").read_text(encoding="utf-8")
    found = templates(ROOT / "robot", ROOT / "resources", ROOT / "libraries")
    named = {
        name.strip()
        for suite in (ROOT / "robot").rglob("*.robot")
        for name in re.findall(
            r"^(?:Test Template|    \[Template\]) +(.+)$", suite.read_text(), re.MULTILINE
        )
    }
    assert {name.lower() for name in named - {"NONE"}} <= {one.name.lower() for one in found}
    for template in found:
        assert f"<h2>{template.name}</h2>" in text
    known = {template.name: template for template in found}
    rejected = known["Channel Range Should Be Rejected"]
    unit = "channels, 1-based"
    assert [row[:3] for row in rejected.arguments] == [("MIN", "min", unit), ("MAX", "max", unit)]
    assert f"<td>{unit}</td>" in text
    rules = known["Client Settings Should Satisfy"].arguments[0][2]
    assert rules.startswith("complete, default channels")
    without_unit = [
        f"{template.name}: {argument}"
        for template in found
        for _, argument, unit, *_ in template.arguments
        if argument.split(":")[0] in MEASURED and not unit
    ]
    assert without_unit == []


def test_troubleshooting_holds_every_cause_with_its_advice(site: Path) -> None:
    text = unescape((site / "troubleshooting.html").read_text(encoding="utf-8"))
    causes = [cause for table in TABLES.values() for cause in table]
    assert [cause.what for cause in causes if cause.what not in text] == []
    assert [cause.advice for cause in causes if cause.advice not in text] == []
