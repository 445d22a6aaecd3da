"""One HTML page: the frame, style and tables that all pages of this project share.

Pages are static and ask no network. Colours follow the reader's light or dark setting, wide tables
scroll by themselves, so that the page does not.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

STYLE = """
:root { color-scheme: light dark; --text: #1c2430; --soft: #5a6675; --back: #ffffff;
  --panel: #f4f6f8; --line: #d5dbe1; --link: #0b62b0; --good: #1d7a3a; --bad: #b3261e;
  --warn: #8a5a00 }
@media (prefers-color-scheme: dark) { :root { --text: #e4e8ee; --soft: #9aa7b6; --back: #12161c;
  --panel: #1b222b; --line: #323c48; --link: #7db8f0; --good: #6fcf8a; --bad: #f2877f;
  --warn: #e0b060 } }
* { box-sizing: border-box }
body { margin: 0; font: 16px/1.55 system-ui, sans-serif; color: var(--text);
  background: var(--back) }
header, main { max-width: 70rem; margin: 0 auto; padding: 0 1.25rem }
header { padding-top: 1rem } main { padding-bottom: 3rem }
nav a { margin-right: 1rem; white-space: nowrap } a { color: var(--link) }
h1, h2, h3 { line-height: 1.25; overflow-wrap: anywhere } p, li { overflow-wrap: anywhere }
.scroll { overflow-x: auto } img, svg { max-width: 100%; height: auto }
table { border-collapse: collapse; margin: .75rem 0 }
th, td { border: 1px solid var(--line); padding: .3rem .6rem; text-align: left;
  vertical-align: top }
th { background: var(--panel) } td.number { text-align: right; font-variant-numeric: tabular-nums }
code, pre { font: .875em/1.5 ui-monospace, monospace; background: var(--panel);
  border-radius: 4px }
code { padding: .1em .3em; overflow-wrap: anywhere } pre { padding: .75rem; overflow-x: auto }
pre code { padding: 0 } .pass { color: var(--good) } .fail { color: var(--bad) }
.skip { color: var(--warn) } .soft { color: var(--soft) }
@media (max-width: 600px) { svg text { font-size: 26px } }  /* an SVG shrinks with its letters */
"""


@dataclass(frozen=True)
class Link:
    """A link of the page's head: its text, and its address relative to the page."""

    text: str
    address: str


def told(error: Exception) -> str:
    """What went wrong, as a sentence: of the system its reason and the file."""
    if not isinstance(error, OSError):
        return str(error)
    named = f" ({error.filename})" if error.filename else ""
    return f"the system refuses: {error.strerror or error}{named}."


def page(title: str, body: str, links: Sequence[Link] = ()) -> str:
    """A whole HTML document; `body` is HTML, `title` and `links` are text."""
    head = " ".join(f'<a href="{escape(link.address)}">{escape(link.text)}</a>' for link in links)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"<header><nav>{head}</nav></header>\n<main>\n{body}\n</main>\n"
        "</body>\n</html>\n"
    )


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table that scrolls by itself where it is too wide. Heads are text, cells are HTML."""
    head = "".join(f"<th>{escape(text)}</th>" for text in heads)
    lines = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>\n" for row in rows)
    return (
        f'<div class="scroll"><table><thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{lines}</tbody></table></div>"
    )


def write(path: Path, text: str) -> Path:
    """`path`, written as UTF-8 with its folder made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
