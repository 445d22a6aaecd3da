"""Keywords about the state of the fibre, judged as it is found."""

from fractions import Fraction

from robot.api.deco import keyword

from focus_engine.contract.configure.configuration import View, configuration
from focus_engine.contract.endpoints.live_state import (
    LiveState,
    judge_live_state,
    require_ready_for_live,
)
from focus_engine.contract.endpoints.server_contract import live_prr
from focus_engine.on_use import on_use
from focus_engine.transport.reply import JSON
from focus_engine.verdict import PreconditionUnmet
from focus_keywords.server.server import Server

with on_use(__name__):
    from focus_engine import settings
    from focus_engine.contract.configure import spectrum

WAITS = "the server waits for fibre"


class FibreStateKeywords:
    """No keyword brings a state about: what is found decides what is right."""

    def __init__(self, server: Server) -> None:
        self._server = server

    @keyword
    def fibre_state_should_be_consistent(self) -> str:
        """Ask /live_metadata; its values must tell one of the states, and not parts of two.

        Ready and half-ready: prr and dx above 0, with the fibre's start, length and description.
        Waiting: 0 for both, no start and length, and the text `waiting for fiber`.

        Returns:
            `ready`, `half-ready` or `waiting`.

        Raises:
            ProductFailure: `GET /live_metadata contradicts itself: {"dx":0.0,"prr":2000.0,…`

        ```robotframework
        ${state} =    Fibre State Should Be Consistent
        Log    ${state}
        ```
        """
        return str(self._state())

    @keyword
    def live_configuration_should_follow_the_state(self, view: View) -> str:
        """Send a live configuration; the answer must be the one for the state that is found.

        Ready and half-ready: accepted. Waiting: refused with `not_ready_status` of the
        requirements and a reason, and no job left behind.

        Args:
            view: `multichannel`, `singlechannel` or `waterfall`.

        Returns:
            `ready`, `half-ready` or `waiting`.

        Raises:
            ProductFailure: `POST /configure with … should be refused (503) because the server
                waits for fibre, but the server answered 200: …`

        ```robotframework
        Live Configuration Should Follow The State    multichannel
        ```
        """
        state, judge = self._state(), self._server.judge
        asked = configuration(settings.client_settings(), view)
        reply = judge.watched(asked.to_body(), JSON, asked.description)
        if state is LiveState.WAITING:
            findings = judge.unable(reply, [judge.required.not_ready_status.value], WAITS)
        else:
            findings = judge.accepted(reply)
        self._server.conclude(reply, findings)
        return str(state)

    @keyword
    def get_canvas_of_overlap(self, nfft: int, overlap: float) -> dict[str, int]:
        """Return the canvas by which windows of so many samples overlap by exactly that part.

        From an overlap of 0.5 on, the server computes with the NFFT that was asked for; below it
        with a longer one. It is worked out of the pulse repetition rate of now, so that a
        recording of another rate is met nearly.

        Args:
            nfft: Samples of a window.
            overlap: Part of a window that the next one holds as well, such as 0.5.

        Returns:
            `displayTimeAxisDuration` and `displayInfo.height`, for the overrides of a
            configuration.

        Raises:
            PreconditionUnmet: `PRECONDITION: no window of a client has so many lines that NFFT 1024
                overlaps by exactly 0.5 at a pulse repetition rate of 999.9 Hz.`; also where the
                server waits for fibre.

        ```robotframework
        &{canvas} =    Get Canvas Of Overlap    1024    0.5
        Configuration Should Be Accepted    multichannel    nfftSelection=1024    &{canvas}
        ```
        """
        metadata = self._server.api.live_metadata()
        require_ready_for_live(metadata)
        prr = live_prr(metadata) or 0.0
        canvas = spectrum.canvas_of_overlap(nfft, prr, Fraction(overlap)) if prr else None
        if canvas is None:
            raise PreconditionUnmet(
                f"no window of a client has so many lines that NFFT {nfft} overlaps by exactly "
                f"{overlap:g} at a pulse repetition rate of {prr:g} Hz."
            )
        return dict(zip(("displayTimeAxisDuration", "displayInfo.height"), canvas, strict=True))

    def _state(self) -> LiveState | None:
        reply = self._server.api.live_metadata()
        findings, state = judge_live_state(reply, self._server.judge.required)
        self._server.conclude(reply, findings)
        return state
