"""Keywords for the Focus Server's HTTP interface and the streams of its jobs."""

from typing import Any

from robot.api.deco import library
from robotlibcore import HybridCore

from focus_engine import __version__
from focus_keywords.broker import BrokerKeywords
from focus_keywords.durations import CONVERTERS
from focus_keywords.server.configurations import ConfigurationKeywords
from focus_keywords.server.deployment import DeploymentKeywords
from focus_keywords.server.drawn import DrawnKeywords
from focus_keywords.server.endpoints import EndpointKeywords
from focus_keywords.server.everywhere import EverywhereKeywords
from focus_keywords.server.fibre_state import FibreStateKeywords
from focus_keywords.server.jobs import JobKeywords
from focus_keywords.server.leftovers import LeftoverKeywords
from focus_keywords.server.recordings import RecordingsKeywords
from focus_keywords.server.rejections import RejectionKeywords
from focus_keywords.server.robustness import RobustnessKeywords
from focus_keywords.server.server import Server
from focus_keywords.server.session import SessionKeywords
from focus_keywords.server.together import TogetherKeywords
from focus_keywords.server.verdicts import VerdictKeywords
from focus_keywords.streams.attachment import AttachmentKeywords
from focus_keywords.streams.delivery import DeliveryKeywords
from focus_keywords.streams.drawn_jobs import DrawnJobKeywords
from focus_keywords.streams.load_times import LoadTimeKeywords
from focus_keywords.streams.ports import PortKeywords
from focus_keywords.streams.sharing import SharedStreamKeywords


@library(scope="GLOBAL", doc_format="MARKDOWN", version=__version__, converters=CONVERTERS)
class FocusServerLibrary(HybridCore):
    """Configure jobs on a Focus Server, judge what it answers and what the jobs stream.

    Which server is meant comes from the environment (`FOCUS_ENVIRONMENT`, `FOCUS_BASE_URL`, …).
    The session is a RequestsLibrary session with the alias `focus`, so its keywords can be used
    beside these once `Open Focus Server Session` ran:

    ```robotframework
    *** Settings ***
    Library    RequestsLibrary
    Library    FocusServerLibrary

    *** Test Cases ***
    Raw Use
        Open Focus Server Session
        GET On Session    focus    /ack
    ```

    ## Cells

    `view` is `multichannel`, `singlechannel` or `waterfall`. Named arguments override fields of
    the client's valid configuration by dotted path, each value in the language of the tables:

    | cell | what is sent |
    |---|---|
    | `channels.max=12` | the number 12 |
    | `channels.max="12"` | the text 12 |
    | `channels.max=null` | null |
    | `channels.max=missing` | the key is left out |
    | `channels={"min": 1, "max": 2}` | the object |

    An empty cell and a bare word are errors, because neither says what is meant.

    ## Verdicts

    A failure without a prefix is the product's. `ERROR:` is the tool's or the environment's: an
    unreachable server is always one. `PRECONDITION:`, `NOT ALLOWED:` and `UNDETERMINED:` skip.

    ## Streams

    The answer to an accepted configuration leads to the job's gRPC streams. Frames are consumed
    by reading, so two readers of one stream share them. A stream that delivers nothing never
    passes. FOCUS_STREAM_HOST replaces the host of `stream_url`, which is a private address.

    ```robotframework
    *** Settings ***
    Library    FocusServerLibrary

    *** Test Cases ***
    A Job Streams
        ${response} =    Configuration Should Be Accepted    multichannel
        Streams Should Deliver    ${response}    frames=3
    ```

    Every configuration that is sent, raw ones included, is entered in the run's job ledger and
    waits for room in the environment's budget of live jobs. Jobs end by themselves.
    """

    ROBOT_LISTENER_API_VERSION = 3

    def __init__(self) -> None:
        self._server = server = Server()
        self._attachment = AttachmentKeywords(server)
        components = [
            SessionKeywords(server),
            EndpointKeywords(server),
            ConfigurationKeywords(server),
            VerdictKeywords(server),
            DrawnKeywords(server),
            RejectionKeywords(server),
            EverywhereKeywords(server),
            DeliveryKeywords(server),
            DrawnJobKeywords(server),
            LoadTimeKeywords(server),
            PortKeywords(server),
            SharedStreamKeywords(server),
            self._attachment,
            JobKeywords(server),
            LeftoverKeywords(server),
            FibreStateKeywords(server),
            RecordingsKeywords(server),
            TogetherKeywords(server),
            RobustnessKeywords(server),
            DeploymentKeywords(server),
            BrokerKeywords(server),
        ]
        super().__init__(components)
        self.ROBOT_LIBRARY_LISTENER = [self]

    def end_test(self, data: Any, result: Any) -> None:  # noqa: ARG002 - Robot passes both
        """End what the case reads in the background."""
        self._attachment.attached.end_of(str(data.full_name))

    def end_suite(self, data: Any, result: Any) -> None:  # noqa: ARG002 - Robot passes both
        """End what the suite's set-up reads in the background."""
        self._attachment.attached.end_of(str(data.full_name))

    def close(self) -> None:
        """End whatever is still being read or watched."""
        self._attachment.attached.close()
        self._server.close()
