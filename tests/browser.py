"""What a reader's browser makes of a page: errors, widths, plots. Driven by Playwright."""

import shutil
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


class Window:
    """One window that takes each width and scheme: to make one takes longer than to read a page."""

    def __init__(self, browser: Any) -> None:
        self._page = Page(browser.new_context(offline=True).new_page())
        self._page.browser.on("pageerror", lambda error: self._page.errors.append(str(error)))
        self._page.browser.on("console", self._note)

    def opened(self, file: Path, width: int, scheme: str) -> Page:
        """`file` as it is after its scripts ran; a request to anywhere is an error."""
        page = self._page
        page.browser.set_viewport_size({"width": width, "height": HEIGHT})
        page.browser.emulate_media(color_scheme=scheme)
        page.errors.clear()
        page.browser.goto(file.as_uri(), wait_until="load")
        return page

    def _note(self, said: Any) -> None:
        if said.type == "error":
            self._page.errors.append(said.text)


def chromium() -> str | None:
    """A Chromium of this machine."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)
