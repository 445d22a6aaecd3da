"""What a reader's browser makes of a page: errors, widths, plots. Driven by Playwright."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

WIDTHS = (1280, 390)
SCHEMES = ("light", "dark")
HEIGHT = 900
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "chrome")

# Elements that reach beyond the window and stand in nothing that scrolls by itself.
TOO_WIDE = """root => {
  const edge = document.documentElement.clientWidth + 1;
  const scrolls = each => {
    for (let one = each; one && one !== document.body; one = one.parentElement)
      if (['auto', 'scroll', 'hidden'].includes(getComputedStyle(one).overflowX)) return true;
    return false;
  };
  return [...document.querySelectorAll(root)]
    .filter(each => each.getBoundingClientRect().right > edge && !scrolls(each))
    .map(each => each.outerHTML.slice(0, 120));
}"""


@dataclass
class Page:
    """A page that is open, and what it complained of."""

    browser: Any
    errors: list[str] = field(default_factory=list)

    def too_wide(self, ours: str = "body *") -> list[str]:
        found: list[str] = self.browser.evaluate(TOO_WIDE, ours)
        return found

    def count(self, selector: str) -> int:
        return int(self.browser.locator(selector).count())


def chromium() -> str | None:
    """A Chromium of this machine."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


@contextmanager
def opened(browser: Any, file: Path, width: int, scheme: str) -> Iterator[Page]:
    """`file` as it is after its scripts ran; a request to anywhere is an error."""
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHT}, color_scheme=scheme, offline=True
    )
    shown = Page(context.new_page())
    shown.browser.on("pageerror", lambda error: shown.errors.append(str(error)))
    shown.browser.on(
        "console",
        lambda said: shown.errors.append(said.text) if said.type == "error" else None,
    )
    try:
        shown.browser.goto(file.as_uri(), wait_until="load")
        yield shown
    finally:
        context.close()
