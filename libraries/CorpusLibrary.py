"""Keywords that hold the checks of arrays, ours and PZ's own, against a seeded corpus.

Not part of what is installed: it judges checks, and no server.
"""

from __future__ import annotations

from collections.abc import Sequence

from robot.api import logger
from robot.api.deco import keyword, library
from robot.libraries.BuiltIn import BuiltIn

from focus_engine import __version__
from focus_engine.contract.cell_syntax import read_cell
from focus_engine.evidence import Evidence
from focus_engine.on_use import on_use
from focus_keywords.dtype.chosen_profile import CHOSEN
from focus_keywords.dtype.required_verdict import require_verdict

with on_use(__name__):
    from focus_corpus import catalogue, own_checks
    from focus_corpus import entry as corpus
    from focus_engine.arrays import profile as profiles

SELF_CHECK = "self-check"  # the tag of cases that ask no server and no PZ


@library(scope="GLOBAL", doc_format="MARKDOWN", version=__version__)
class CorpusLibrary:
    """Show that the checks of arrays notice what is wrong and are quiet otherwise.

    The corpus (`libraries/focus_corpus`) holds valid messages and one mutation for every code of
    `DtypeLibrary`. Its cases carry the tag `self-check`, because no server is asked. With
    `FOCUS_PZ_PATH`, a checkout of PZ, they ask PZ's own checks too and lose that tag.

    ```robotframework
    *** Settings ***
    Library    CorpusLibrary

    *** Test Cases ***
    A Payload Cut Short Is Noticed
        Corpus Entry Should Be Judged    payload truncated    FR004
    ```
    """

    @keyword(tags=["Assertion"])
    def corpus_entry_should_be_judged(self, name: str, verdict: str) -> None:
        """Fail unless an entry of the seeded corpus gets the verdict.

        The corpus holds valid messages, frames, metadata and summaries, and for every code one
        mutation that must be noticed. With `FOCUS_PZ_PATH` PZ's own check must judge a summary
        alike; the case is about the product then and loses its tag `self-check`.

        Args:
            name: The entry, such as `payload truncated`.
            verdict: `accepted`, or the code that must refuse it.

        Raises:
            ProductFailure: `corpus message should be refused with FR004 (…), but it was accepted.`
            ToolError: `ERROR: the corpus has no entry 'x'. Known are: …`

        ```robotframework
        Corpus Entry Should Be Judged    payload valid    accepted
        Corpus Entry Should Be Judged    payload truncated    FR004
        ```
        """
        entry = catalogue.entry_called(name)
        require_verdict(entry.judge(), verdict)
        self._ask_pz(CHOSEN.current.file.own_summary_check, entry)

    @keyword(name="PZ Should Agree About Dtypes", tags=["Assertion"])
    def pz_should_agree_about_dtypes(self) -> None:
        """Fail unless PZ's own dtype check and ours judge every claim of the corpus alike.

        PZ's check runs in a process of its own, from the checkout that `FOCUS_PZ_PATH` names.

        Raises:
            ProductFailure: `'dtype alias': PZ accepts (None) what must be refused with DT004: …`
            NeedsInput: `NEEDS INPUT: PZ's own check cannot be asked: set FOCUS_PZ_PATH to …`
            ToolError: The function could not be run.

        ```robotframework
        PZ Should Agree About Dtypes
        ```
        """
        _compare(CHOSEN.current.file.own_dtype_check, catalogue.asked_claims())

    @keyword(name="PZ Should Agree About Summaries", tags=["Assertion"])
    def pz_should_agree_about_summaries(self) -> None:
        """Fail unless PZ's own check of summaries and ours judge every summary of the corpus alike.

        PZ's check runs in a process of its own, from the checkout that `FOCUS_PZ_PATH` names.

        Raises:
            ProductFailure: `'count too low': PZ accepts (True) what must be refused with DS001: …`
            NeedsInput: `NEEDS INPUT: PZ's own check cannot be asked: set FOCUS_PZ_PATH to …`
            ToolError: The function could not be run.

        ```robotframework
        PZ Should Agree About Summaries
        ```
        """
        _compare(CHOSEN.current.file.own_summary_check, catalogue.asked_summaries())

    @keyword(name="PZ Should Judge Claim", tags=["Assertion"])
    def pz_should_judge_claim(self, dtype: object, endian: object, verdict: str) -> None:
        """Fail unless PZ's own dtype check comes to the verdict; nothing is asked without PZ.

        Where `FOCUS_PZ_PATH` names a checkout and the profile its function, the case is about the
        product and loses its tag `self-check`. Otherwise the tag stays, and says that only our
        own check was judged.

        Args:
            dtype: The claim as JSON: `"float32"` in quotes, `null`, `4`; `missing` is no claim.
            endian: The byte order as JSON: `"little"`, `"big"`, `"not-applicable"`; `missing`.
            verdict: `accepted`, or the code that must refuse it; PZ's own check has no codes.

        Raises:
            ProductFailure: `'dtype "i2", byte order "little"': PZ accepts (None) what must be
                refused with DT004: …`
            ToolError: The function could not be run.

        ```robotframework
        PZ Should Judge Claim    "i2"    "little"    DT004
        ```
        """
        del verdict  # ours came to it just before; where PZ differs from ours, PZ is wrong
        entry = catalogue.claim_entry(read_cell("dtype", dtype), read_cell("endian", endian))
        self._ask_pz(CHOSEN.current.file.own_dtype_check, entry)

    def _ask_pz(self, own: profiles.OwnCheck, entry: corpus.CorpusEntry) -> None:
        if own_checks.own_check_applies(own, entry):
            BuiltIn().remove_tags(SELF_CHECK)
            _compare(own, [entry])


def _compare(own: profiles.OwnCheck, entries: Sequence[corpus.CorpusEntry]) -> None:
    evidence = Evidence()
    try:
        own_checks.compare_with_own_check(own, entries, evidence)
    finally:
        logger.info(evidence.to_html(), html=True)
