"""Builds `docs/site/`: keyword documentation, the columns of every table, and the guides.

`python -m reports.site [FOLDER]`; nothing of it is committed.
"""

import re
import shutil
import sys
from html import escape
from pathlib import Path

from markdown import Markdown
from robot.libdoc import libdoc

from focus_engine import __version__
from focus_engine.verdict import ToolError
from reports.page import Link, page, table, told, write
from reports.templates import Template, templates
from reports.troubleshooting import troubleshooting

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
SITE = DOCS / "site"
MARK = "troubleshooting.html"  # no other site has it
HEADS = ("Column", "Argument", "Unit or values", "Default", "Example")
GUIDES = (
    ("README.md", "Overview"),
    ("docs/editing-suites.md", "Editing suites"),
    ("docs/operations.md", "Operations"),
    ("docs/dependencies.md", "Dependencies and licences"),
    ("docs/contract.md", "The contract of the server"),
    ("docs/agreements.md", "What is agreed"),
    ("docs/latency.md", "Latency"),
    ("docs/load.md", "Load"),
    ("docs/outage.md", "Outages"),
    ("docs/arrays.md", "Arrays and dtypes"),
    ("docs/pz-checks.md", "PZ checks"),
    ("docs/pz-inputs-needed.md", "What PZ must supply"),
    ("docs/sandbox.md", "The sandbox"),
    ("docs/architecture.md", "Architecture"),
)


def build(site: Path = SITE) -> Path:
    """The start page of a site that was built anew in `site`.

    Raises ToolError where `site` holds something else, which would be lost.
    """
    if site.exists() and not _is_ours(site):
        raise ToolError(f"{site} holds what is no site of ours. Name a new or an empty folder.")
    shutil.rmtree(site, ignore_errors=True)
    libraries = [_libdoc(file, site) for file in sorted((ROOT / "libraries").glob("*Library.py"))]
    resources = [_libdoc(file, site) for file in sorted((ROOT / "resources").glob("*.resource"))]
    guides = [_guide(ROOT / name, title, site) for name, title in GUIDES if (ROOT / name).is_file()]
    if (DOCS / "images").is_dir():
        shutil.copytree(DOCS / "images", site / "docs" / "images")
    tables = write(site / "tables.html", _tables_page())
    write(site / MARK, troubleshooting())
    return write(site / "index.html", _start_page(libraries, resources, guides, tables))


def _is_ours(site: Path) -> bool:
    """Whether it is an empty folder, or one that an earlier build wrote."""
    return site.is_dir() and ((site / MARK).is_file() or not any(site.iterdir()))


def _libdoc(file: Path, site: Path) -> Path:
    target = site / "keywords" / f"{file.stem}.html"
    target.parent.mkdir(parents=True, exist_ok=True)
    source = file.stem if file.suffix == ".py" else str(file)
    code = libdoc(source, str(target), version=__version__, quiet=True)
    if code or not target.is_file():
        sys.exit(f"ERROR: Libdoc could not document {file.name} (code {code}).")
    return target


def _guide(file: Path, title: str, site: Path) -> Path:
    """`file` as a page at its own place; links to other guides lead to their pages."""
    place = file.relative_to(ROOT).with_suffix(".html")
    up = "../" * (len(place.parts) - 1)
    engine = Markdown(extensions=["tables", "fenced_code", "toc", "sane_lists"])
    body = engine.convert(file.read_text(encoding="utf-8"))
    body = re.sub(r'href="(?!\w+:)([^"#]+)\.md(#[^"]*)?"', r'href="\1.html\2"', body)
    body = body.replace("<table>", '<div class="scroll"><table>').replace(
        "</table>", "</table></div>"
    )
    return write(site / place, page(title, body, [Link("Start", f"{up}index.html")]))


def _tables_page() -> str:
    found = sorted(
        templates(*(ROOT / name for name in ("robot", "resources", "libraries"))),
        key=lambda one: one.name,
    )
    parts = "\n".join(_template(one) for one in found)
    intro = (
        "<h1>The tables and their columns</h1>\n<p>A row of a table calls the template of its "
        "suite with its cells, in this order. A cell may be <code>12</code>, <code>true</code>, "
        '<code>null</code>, <code>"12"</code> or <code>missing</code>; durations carry their '
        "unit (<code>300 ms</code>). The example is the first row of a table that uses it.</p>"
    )
    return page("Tables", f"{intro}\n{parts}", [Link("Start", "index.html")])


def _template(one: Template) -> str:
    rows = [
        [_code(head), _code(name), escape(unit), _code(default), _code(example)]
        for head, name, unit, default, example in one.arguments
    ]
    where = one.suite.relative_to(ROOT).as_posix()
    doc = escape(one.keyword.short_doc)
    columns = table(HEADS, rows) if rows else ""
    return f'<h2>{escape(one.name)}</h2>\n<p>{doc}</p>\n{columns}\n<p class="soft">{where}</p>'


def _code(text: str) -> str:
    return f"<code>{escape(text)}</code>" if text else ""


def _start_page(
    libraries: list[Path], resources: list[Path], guides: list[Path], tables: Path
) -> str:
    site = tables.parent

    def listed(pages: list[Path]) -> str:
        links = (
            f'<li><a href="{one.relative_to(site).as_posix()}">{escape(_title(one))}</a></li>'
            for one in pages
        )
        return f"<ul>{''.join(links)}</ul>"

    body = (
        f"<h1>Focus Server tests {__version__}</h1>\n"
        "<p>Robot Framework keyword libraries and suites for the Focus Server.</p>\n"
        '<p><a href="tables.html">Which template takes which columns</a></p>\n'
        '<p><a href="troubleshooting.html">Troubleshooting by message</a></p>\n'
        f"<h2>Guides</h2>\n{listed(guides)}\n<h2>Libraries</h2>\n{listed(libraries)}\n"
        f"<h2>Resources: the keywords of the tables</h2>\n{listed(resources)}"
    )
    return page("Focus Server tests", body)


def _title(file: Path) -> str:
    names = dict(GUIDES)
    found = [title for name, title in names.items() if Path(name).stem == file.stem]
    return found[0] if found and "keywords" not in file.parts else file.stem


def main(words: list[str]) -> int:
    """0, or 252 where the folder that was named cannot be taken."""
    try:
        print(f"Documentation: {build(Path(words[0]) if words else SITE)}")
    except (ToolError, OSError) as error:
        print(f"focus.py docs: {told(error)}", file=sys.stderr)
        return 252
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
