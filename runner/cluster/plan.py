"""Where everything of the test cluster is: names, addresses, ports and folders."""

import os
import tempfile
from pathlib import Path

from runner.problem import ProblemError
from runner.project import ROOT

PREFIX = "fst-"
"""Every network namespace whose name begins so is ours: `down` ends what runs in it."""

NODE_NETNS = f"{PREFIX}node"
HOST_LINK = "fst-host"  # network interface of the machine that leads to the cluster
NODE_LINK = "fst-uplink"

# The machine itself gets one route only, to the link of two addresses; `up` refuses where it has
# that already. The other two ranges exist inside the namespaces and nowhere else. All are from
# those set apart for documentation (RFC 5737).
LINK_RANGE = "198.51.100.252/30"
HOST_ADDRESS = "198.51.100.253"
NODE_ADDRESS = "198.51.100.254"
POD_RANGE = "198.51.100.0/25"
SERVICE_RANGE = "203.0.113.0/24"
API_PORT = 6443
API_URL = f"https://{NODE_ADDRESS}:{API_PORT}"

SERVER_PORT = 30500  # node ports: how this machine reaches what runs in the cluster
TOXIPROXY_PORT = 30474
MONGODB_PORT = 30017
BASE_URL = f"http://{NODE_ADDRESS}:{SERVER_PORT}/focus-server"
TOXIPROXY_URL = f"http://{NODE_ADDRESS}:{TOXIPROXY_PORT}"

NODE_NAME = "node"
SCHEDULER = "focus-cluster"  # pods that name it as their schedulerName run here
NAMESPACE = "panda"
ACCOUNT = "focus-server-tests"  # the service account that the tests are

DEPLOY = ROOT / "deploy" / "cluster"
STATE = Path(tempfile.gettempdir()) / "focus-cluster"
ADMIN_KUBECONFIG = STATE / "admin.kubeconfig"
KUBECONFIG = STATE / "kubeconfig"


def cache() -> Path:
    """The folder in which built programs are kept, outside the project.

    Raises ProblemError, which does not quote it, for a FOCUS_CLUSTER_CACHE that can be none.
    """
    given = os.environ.get("FOCUS_CLUSTER_CACHE", "").strip()
    if given:
        folder = Path(given)
        if not _can_hold(folder):
            raise ProblemError(
                "FOCUS_CLUSTER_CACHE names no folder, and none that can be made. Give the path of "
                "one, or unset it."
            )
        return folder
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "focus-server-tests"


def _can_hold(folder: Path) -> bool:
    try:
        return next(part for part in (folder, *folder.absolute().parents) if part.exists()).is_dir()
    except OSError:  # longer than a name may be, or below a file
        return False
