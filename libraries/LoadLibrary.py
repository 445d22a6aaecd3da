"""Keywords for load and stress."""

from robot.api.deco import library
from robotlibcore import HybridCore

from focus_engine import __version__
from focus_keywords.durations import CONVERTERS
from focus_keywords.load.running import LoadKeywords
from focus_keywords.load.verdicts import LoadVerdictKeywords


@library(scope="GLOBAL", doc_format="MARKDOWN", version=__version__, converters=CONVERTERS)
class LoadLibrary(HybridCore):
    """Lay load on a server, and find out where it breaks and whether it recovers.

    A load starts investigations (`POST /configure`). Its shapes are data
    (`variables/load_shapes.yaml`); what it sends comes from the client settings: the default
    channels and the full range, the frequency range, and every NFFT option that a view allows.

    Each step is measured by the sampler of LatencyLibrary in a process of its own, in an open
    loop, and every job is entered in the run's job ledger. A load may have more jobs alive than
    other cases (`load_alive_jobs` of the environment). Between two steps is about half a second
    without requests.

    A case that lays load needs the tags `load` and `exclusive`, else the keyword is an ERROR.

    A step **breaks** the server when

    * more requests failed than thresholds.yaml tolerates of `POST /configure under load`,
    * more answers were slower than its limit than chance explains (95 %), or
    * the cluster has jobs that no answer named.

    The load then stops, so that a broken server is not beaten on.
    """

    def __init__(self, workers: int = 1) -> None:
        """Say how many processes send.

        Args:
            workers: Processes on this machine that each send a share of every load, or how many
                workers of the scheduler of FOCUS_DASK_SCHEDULER do (1: all that it has). More than
                one needs `requirements-load.txt`.

        ```robotframework
        Library    LoadLibrary    workers=4
        ```
        """
        running = LoadKeywords(workers)
        super().__init__([running, LoadVerdictKeywords(running)])
