"""Keywords for the configuration of PZ: is it right, and did the server really take it?"""

from robot.api.deco import library
from robotlibcore import HybridCore

from focus_engine import __version__
from focus_keywords.durations import CONVERTERS
from focus_keywords.pz.files import FileKeywords
from focus_keywords.pz.log import LoadedProfile
from focus_keywords.pz.server import ServerKeywords


@library(scope="GLOBAL", doc_format="MARKDOWN", version=__version__, converters=CONVERTERS)
class PzConfigLibrary(HybridCore):
    """Judge the heatmap summary, the autocfg parameters and the supervisor's modules of PZ.

    All that is known of PZ stands in a **profile**, a folder below `variables/pz`. `example` is
    invented and may judge the sandbox only; `pz` is what is really known. `Load PZ Profile` comes
    first; the other keywords judge the files of the profile that was loaded last.

    ```robotframework
    *** Settings ***
    Library    PzConfigLibrary

    *** Test Cases ***
    Configuration Is Right
        Load PZ Profile    example
        Heatmap Summary Should Be Valid
    ```

    ## Verdicts

    A failure without a prefix is a fault of the configuration or of the server. A check that rests
    on a placeholder of the profile skips with `NEEDS INPUT:` and what the team must supply; it
    never passes. `UNDETERMINED:` skips where the evidence decides nothing, for example a start log
    whose beginning is gone. `ERROR:` means that the tool could not work.

    Every check logs a table of findings (code, severity, place, message, expected, seen; secrets as
    hashes) and writes it as JSON to `pz/` in the output directory.
    `python3 focus.py pz explain CODE` explains a code.

    `subject` is `heatmap_summary`, `autocfg` or `supervisor_modules`.
    """

    def __init__(self) -> None:
        profile = LoadedProfile()
        super().__init__([FileKeywords(profile), ServerKeywords(profile)])
