"""Keywords for arrays: the dtype that a message claims, its payload, metadata and summary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from robot.api.deco import keyword, library

from focus_engine import __version__
from focus_engine.arrays.message import ArrayMessage, DtypeClaim, FrameMessage
from focus_engine.arrays.metadata.rules import MetadataRule, report_of_rule
from focus_engine.contract.cell_syntax import read_cell
from focus_engine.contract.endpoints.live_state import NO_FIBRE, is_placeholder
from focus_engine.on_use import on_use
from focus_engine.verdict import PreconditionUnmet
from focus_keywords.dtype.chosen_profile import chosen_profile
from focus_keywords.dtype.verdicts import require_verdict
from focus_keywords.reporting import conclude

with on_use(__name__):
    from focus_engine.arrays import checks, decoders, files
    from focus_engine.arrays import frames as stream_frames
    from focus_engine.arrays import profile as profiles
    from focus_engine.arrays.metadata import message as metadata_message


@library(scope="GLOBAL", doc_format="MARKDOWN", version=__version__)
class DtypeLibrary:
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
        self._chosen = chosen_profile(profile)

    @keyword
    def use_array_profile(self, name: str | None = None) -> str:
        """Read the profile that the other keywords judge by; they read the one in force otherwise.

        Args:
            name: Folder below `variables/pz`; default is the profile in force: FOCUS_PZ_PROFILE,
                else what the environment's file says.

        Returns:
            What the profile says about itself.

        Raises:
            ToolError: `ERROR: there is no profile 'x' with arrays.yaml. Known are: example, pz.`

        ```robotframework
        Use Array Profile    pz
        Use Array Profile
        ```
        """
        return self._chosen.choose(name).file.description

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
        contract = self._current.contract_of_schema(schema)
        require_verdict(checks.claim_report(claim, contract), verdict)

    @keyword(tags=["Getter"])
    def get_array_message_from_file(self, path: Path, schema: str = "any") -> ArrayMessage:
        """Return the array in a `.npy` file, or in a `.json` envelope beside its `.bin`.

        Objects are never unpickled. The claims are kept as they are written; judging is up to
        `Array Message Should Be Valid`.

        Args:
            path: The `.npy` or `.json` file.
            schema: A schema of the profile, where the envelope names none.

        Returns:
            The message.

        Raises:
            ToolError: `ERROR: cannot read capture.bin: No such file or directory.`

        ```robotframework
        Evaluate    __import__('numpy').save('a.npy', __import__('numpy').arange(6, dtype='<i2'))
        ${message} =    Get Array Message From File    a.npy    schema=samples
        Array Message Should Be Valid    ${message}
        ```
        """
        return files.read_array_file(path, schema)

    @keyword(tags=["Getter"])
    def get_array_message_from_bus(self, name: str, body: bytes) -> ArrayMessage:
        """Return a message of the bus, decoded by the callable that the profile names for it.

        Args:
            name: The message's name, such as `Prpcast.Info`.
            body: Its bytes.

        Returns:
            The message.

        Raises:
            NeedsInput: `NEEDS INPUT: Prpcast.Info cannot be decoded yet. Needed: one captured
                body, …`
            ToolError: The name is not known, or the callable failed.

        ```robotframework
        ${body} =    Evaluate    struct.pack('<4sIQ2h', b'EXS1', 2, 7, 1, -1)    modules=struct
        ${message} =    Get Array Message From Bus    Example.Samples    ${body}
        Array Message Should Be Valid    ${message}
        ```
        """
        return decoders.decode(self._current, name, body)

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
        contract = self._current.contract_of_schema(message.schema)
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
            live: Whether the job is a live one, which may leave lines out; default no.
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
        profile = self._current
        profile.require_for(self._chosen.judges)
        contract, policy = profile.contract_of_view(view), profile.file.range_policy.value
        promises = stream_frames.promises_of(dict(answer))
        facts = profile.shown(f"dtype of view {view}", "range of")
        report = checks.job_report(
            frames, promises, contract, policy, facts, live=live, whole=whole
        )
        conclude(report)

    @keyword(tags=["Getter"])
    def get_view_type(self, view: str) -> str:
        """Return the code of a view in `view_type` of POST /configure, as the profile gives it.

        Args:
            view: `multichannel`, `singlechannel`, `waterfall` or `heatmaps`.

        Returns:
            The code, such as `0`, which travels as text.

        Raises:
            NeedsInput: `NEEDS INPUT: the view_type of 'heatmaps' is not known. Needed: the code
                of the heatmaps view in view_type of POST /configure, and one captured frame`

        ```robotframework
        ${code} =    Get View Type    waterfall
        Should Be Equal    ${code}    2
        ```
        """
        return self._current.view_type_of(view)

    @keyword(tags=["Getter"])
    def get_array_message_from_metadata(
        self, metadata: Mapping[str, Any], source: str = "the metadata"
    ) -> ArrayMessage:
        """Return the layers of a recording's metadata as a message: its claims, without a payload.

        Commands in it are left out, because they hold credentials.

        Args:
            metadata: `metadata` of the answer to POST /configure of a historic job.
            source: What reports call it.

        Returns:
            The message, for `Metadata Should Satisfy`.

        Raises:
            PreconditionUnmet: `PRECONDITION: the metadata has no layers. A live job has none;
                configure a historic one.`

        ```robotframework
        ${corpus} =    Evaluate    focus_corpus.layers
        ...    modules=focus_corpus.layers
        ${message} =    Get Array Message From Metadata    ${corpus.valid_leaf()}
        Metadata Should Satisfy    samples fit    ${message}
        ```
        """
        if not metadata:
            raise PreconditionUnmet(
                f"{source} has no layers. A live job has none; configure a historic one."
            )
        return metadata_message.message_of_metadata(metadata, source)

    @keyword(tags=["Getter"])
    def get_array_message_from_live_metadata(self, body: Mapping[str, Any]) -> ArrayMessage:
        """Return the answer to GET /live_metadata as a message; skip while the fibre is waited for.

        Args:
            body: The answer, decoded.

        Returns:
            The message, for `Metadata Should Satisfy`.

        Raises:
            PreconditionUnmet: `PRECONDITION: the server waits for fibre: prr is 0 in GET
                /live_metadata. Run live cases when the fibre is connected.`

        ```robotframework
        ${body} =    Get Live Metadata
        ${message} =    Get Array Message From Live Metadata    ${body}
        Metadata Should Satisfy    whole channels    ${message}
        ```
        """
        if is_placeholder(body):
            raise PreconditionUnmet(NO_FIBRE)
        return metadata_message.message_of_live_metadata(body)

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
        profile = self._current
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

    @keyword(tags=["Getter"])
    def get_data_summary(self, message: ArrayMessage) -> dict[str, Any]:
        """Return the summary of a message's values, recomputed in float64 or exact integers.

        Args:
            message: The message.

        Returns:
            `dtype`, `shape`, `count`, `nan_count`, `min`, `max`, `mean`, `std` (of the
            population); NaN values are left out, and statistics over nothing are None.

        Raises:
            ProductFailure: The message cannot be read as what it claims.

        ```robotframework
        ${body} =    Evaluate    struct.pack('<4sIQ2h', b'EXS1', 2, 7, 1, -1)    modules=struct
        ${message} =    Get Array Message From Bus    Example.Samples    ${body}
        ${summary} =    Get Data Summary    ${message}
        Should Be Equal As Integers    ${summary}[min]    -1
        ```
        """
        contract = self._current.contract_of_schema(message.schema)
        summary: dict[str, Any] = checks.summary_of(message, contract)
        return summary

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
        profile = self._current
        contract = profile.contract_of_schema(message.schema)
        rules = profile.summary_rules()
        conclude(checks.summary_report(summary, message, contract, rules, profile.shown("data")))

    @property
    def _current(self) -> profiles.ArraysProfile:
        return self._chosen.current
