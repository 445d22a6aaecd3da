"""Keywords that judge array messages: claims, payload, frames, metadata, summaries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from robot.api.deco import keyword

from focus_engine.arrays.message import ArrayMessage, DtypeClaim, FrameMessage
from focus_engine.arrays.metadata.rules import MetadataRule, report_of_rule
from focus_engine.contract.cell_syntax import read_cell
from focus_engine.on_use import on_use
from focus_keywords.dtype.chosen_profile import ChosenProfile
from focus_keywords.dtype.required_verdict import require_verdict
from focus_keywords.reporting import conclude

with on_use(__name__):
    from focus_engine.arrays import checks
    from focus_engine.arrays import frames as stream_frames
    from focus_engine.arrays.metadata import message as metadata_message


class ArrayVerdictKeywords:
    """Judge by the profile that was chosen."""

    def __init__(self, chosen: ChosenProfile) -> None:
        self._chosen = chosen

    @keyword(tags=["Assertion"])
    def dtype_claim_should_be_judged(
        self, dtype: object, endian: object, verdict: str, schema: str = "any"
    ) -> None:
        """Fail unless the claim of a dtype and a byte order gets the verdict.

        Args:
            dtype: The claim as JSON: `"float32"` in quotes, `null`, `4`; `missing` is no claim.
            endian: The byte order as JSON: `"little"`, `"big"`, `"not-applicable"`; `missing`.
            verdict: `accepted`, or the code that must refuse it.
            schema: A schema of the profile; `any` allows every canonical real type.

        Raises:
            ProductFailure: `the claim dtype "i2", byte order "little" should be refused with
                DT004 (…), but it was accepted.`
            ToolError: The verdict is no code, the cell no JSON, or the schema not known.

        ```robotframework
        Dtype Claim Should Be Judged    "float32"    "little"    accepted
        Dtype Claim Should Be Judged    "i2"    "little"    DT004
        ```
        """
        claim = DtypeClaim(read_cell("dtype", dtype), read_cell("endian", endian))
        contract = self._chosen.current.contract_of_schema(schema)
        require_verdict(checks.claim_report(claim, contract), verdict)

    @keyword(tags=["Assertion"])
    def array_message_should_be_valid(self, message: ArrayMessage) -> None:
        """Fail unless claim, layout and values of a message keep the contract of its schema.

        Args:
            message: From `Get Array Message From File` or `Get Array Message From Bus`.

        Raises:
            ProductFailure: `a.npy: FR004: the payload has 11 bytes; shape [6] of int16 needs 12
                (no dtype fits that length).`

        ```robotframework
        ${body} =    Evaluate    struct.pack('<4sIQ2h', b'EXS1', 2, 7, 1, -1)    modules=struct
        ${message} =    Get Array Message From Bus    Example.Samples    ${body}
        Array Message Should Be Valid    ${message}
        ```
        """
        contract = self._chosen.current.contract_of_schema(message.schema)
        conclude(checks.message_report(message, contract))

    @keyword(tags=["Assertion"])
    def frames_should_be_valid(
        self,
        frames: Mapping[int, Sequence[FrameMessage]],
        answer: Mapping[str, Any],
        view: str,
        live: bool = False,
        whole: bool = False,
    ) -> None:
        """Fail unless the frames of a job are what its configuration promised.

        Judged are, by frame: its one buffer, lines, channels, width, payload length and values;
        by stream: order of lines and times, gaps and constancy; by job: every stream once, and
        running extrema that only widen, are the whole job's and that the values come up to.

        Args:
            frames: Frames with their buffers, by stream index, as `Get Stream Frames` returns them.
            answer: The answer to POST /configure of the job.
            view: `multichannel`, `singlechannel`, `waterfall` or `heatmaps`: the dtype follows
                from it, because the proto has no field for it.
            live: Whether the job is a live one, which may leave lines out; default no. The values
                must come up to what the first half of its frames told as maximum, where these are
                20 frames of each stream at least, from row 0 on and none left out.
            whole: Whether these are all frames of the job, so that the highest value must be the
                maximum; default no.

        Raises:
            ProductFailure: `the frames of the job: FR008: data_shape_x is 17; …`
            NeedsInput: The profile gives no dtype for the view.
            NotAllowed: The profile is invented and the environment is not the sandbox.

        ```robotframework
        ${streams} =    Evaluate
        ...    focus_corpus.streams    modules=focus_corpus.streams
        Frames Should Be Valid    ${streams.valid_job()}    ${streams.answer()}    multichannel
        ```
        """
        profile = self._chosen.current
        profile.require_for(self._chosen.judges)
        contract, policy = profile.contract_of_view(view), profile.file.range_policy.value
        promises = stream_frames.promises_of(dict(answer))
        facts = profile.shown(f"dtype of view {view}", "range of")
        report = checks.job_report(
            frames, promises, contract, policy, facts, live=live, whole=whole
        )
        conclude(report)

    @keyword(tags=["Assertion"])
    def metadata_should_satisfy(self, rule: MetadataRule, *messages: ArrayMessage) -> None:
        """Fail unless each piece of metadata satisfies a rule.

        Args:
            rule: One of the words of the tables, such as `samples fit`, or `everything`.
            messages: From `Get Array Message From Metadata`, `Get Recording Metadata` or `Get
                Array Message From Live Metadata`.

        Raises:
            ProductFailure: `the metadata: MD003: num_samples_per_trace is 9781;
                fiber_length_meters / dx is 9791.`
            PreconditionUnmet: `PRECONDITION: there is no metadata, so 'samples fit' has nothing to
                judge. Record some data.`

        ```robotframework
        ${body} =    Get Live Metadata
        ${message} =    Get Array Message From Live Metadata    ${body}
        Metadata Should Satisfy    everything    ${message}
        ```
        """
        profile = self._chosen.current
        recording = metadata_message.RECORDING
        rules, agreed = profile.file.metadata, profile.contract_of_schema(recording)
        facts = profile.shown("layers of metadata", f"schema {recording}")
        reports = [checks.metadata_report(each, rules, agreed, facts) for each in messages]
        conclude(report_of_rule(rule, reports))

    @keyword(tags=["Assertion"])
    def numbers_should_hold_no_null(self, answer: object, source: str = "the answer") -> None:
        """Fail when a list of numbers in a decoded answer holds null: NaN on the server.

        Args:
            answer: Decoded JSON, such as the answer to POST /configure.
            source: What reports call it.

        Raises:
            ProductFailure: `the answer: FR016: $.frequencies_list[0] is null in a list of numbers:
                NaN on the server.`

        ```robotframework
        ${answer} =    Evaluate    {'frequencies_list': [0.0, 1.95]}
        Numbers Should Hold No Null    ${answer}
        ```
        """
        conclude(checks.nulls_report(answer, source))

    @keyword(tags=["Assertion"])
    def data_summary_should_match(self, summary: Mapping[str, Any], message: ArrayMessage) -> None:
        """Fail unless a summary is that of the message's values.

        Which fields it has, and how they are called, is said by `summary` of the profile. count,
        nan_count must be exact, min and max too in the dtype of the values; mean and std may differ
        by `mean_std_tolerance`: the mean relative to the larger of |mean| and std, std to itself.

        Args:
            summary: The summary as it was received, decoded.
            message: The message that it summarises.

        Raises:
            ProductFailure: `the summary of Example.Samples 7: DS004: mean is -0.5; recomputed it
                is 0 ± 1e-06 (the accumulator overflowed).`
            NeedsInput: `NEEDS INPUT: a data summary cannot be judged yet. Needed: the fields that
                pzpy/data/data_summary.py writes, and the precision it promises`

        ```robotframework
        ${body} =    Evaluate    struct.pack('<4sIQ2h', b'EXS1', 2, 7, 1, -1)    modules=struct
        ${message} =    Get Array Message From Bus    Example.Samples    ${body}
        ${summary} =    Get Data Summary    ${message}
        Data Summary Should Match    ${summary}    ${message}
        ```
        """
        profile = self._chosen.current
        contract = profile.contract_of_schema(message.schema)
        rules = profile.summary_rules()
        conclude(checks.summary_report(summary, message, contract, rules, profile.shown("data")))
