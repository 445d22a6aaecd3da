"""Keywords for arrays: the dtype that a message claims, its payload, metadata and summary."""

from pathlib import Path

from robot.api.deco import library
from robotlibcore import HybridCore

from focus_engine import __version__
from focus_keywords.dtype.chosen_profile import chosen_profile
from focus_keywords.dtype.messages import MessageKeywords
from focus_keywords.dtype.verdicts import ArrayVerdictKeywords


@library(scope="GLOBAL", doc_format="MARKDOWN", version=__version__)
class DtypeLibrary(HybridCore):
    """Judge what an array message claims about its bytes, and whether the bytes keep the claim.

    Nothing is coerced: a dtype is one of the canonical names (`bool`, `int8` … `uint64`,
    `float16`, `float32`, `float64`; complex where a contract says so) with a byte order of its
    own, and everything else is refused with a code, a sentence and the nearest canonical name.

    What is known of PZ's arrays stands in a **profile**, `variables/pz/<profile>/arrays.yaml`,
    each value with its status. `example` is invented for the sandbox; `pz` is what is known. In
    force is the one that FOCUS_PZ_PROFILE or the environment's file names.

    ```robotframework
    *** Settings ***
    Library    DtypeLibrary

    *** Test Cases ***
    A Missing Dtype Is Never Guessed
        Dtype Claim Should Be Judged    missing    "little"    DT001
    ```

    ## Verdicts

    A verdict is `accepted` or the code that decides: `DT…` for the claim, `FR…` for layout,
    frames and values, `MD…` for metadata, `DS…` for summaries. Beside every verdict the log shows
    the defects, and which defects such a check cannot see. Where an input is missing, the case
    skips with `NEEDS INPUT:` and what the team must supply.

    Arrays go from Python to Python: messages are objects that one keyword returns and another
    takes. What is returned for use in a table is plain Python numbers.

    For arrays of another service give the folder of a profile of your own, with `arrays.yaml`:

    ```text
    *** Settings ***
    Library    DtypeLibrary    profile=${CURDIR}/profile
    ```
    """

    def __init__(self, profile: Path | None = None) -> None:
        """`profile` is a folder with `arrays.yaml`; default is the profile in force."""
        chosen = chosen_profile(profile)
        super().__init__([MessageKeywords(chosen), ArrayVerdictKeywords(chosen)])
