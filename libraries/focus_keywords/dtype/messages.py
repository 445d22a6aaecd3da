"""Keywords that return array messages: from files, the bus, metadata."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from robot.api.deco import keyword

from focus_engine.arrays.message import ArrayMessage
from focus_engine.contract.endpoints.live_state import NO_FIBRE, is_placeholder
from focus_engine.on_use import on_use
from focus_engine.verdict import PreconditionUnmet
from focus_keywords.dtype.chosen_profile import ChosenProfile

with on_use(__name__):
    from focus_engine.arrays import checks, decoders, files
    from focus_engine.arrays.metadata import message as metadata_message


class MessageKeywords:
    """Choose the profile, and read by it."""

    def __init__(self, chosen: ChosenProfile) -> None:
        self._chosen = chosen

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
        return decoders.decode(self._chosen.current, name, body)

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
        return self._chosen.current.view_type_of(view)

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
        contract = self._chosen.current.contract_of_schema(message.schema)
        summary: dict[str, Any] = checks.summary_of(message, contract)
        return summary
