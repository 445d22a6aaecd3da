"""What this machine has to have; the first reason why it has not is told."""

import os
import shutil
import sys
from pathlib import Path

from runner.cluster.programs import all_built, go_command

PACKAGES = {
    "ip": "iproute2",
    "ss": "iproute2",
    "iptables": "iptables",
    "ipset": "ipset",
    "conntrack": "conntrack",
    "nsenter": "util-linux",
    "setpriv": "util-linux",
}


def reason_against() -> str | None:
    """Why no cluster can be brought up here, as a sentence; None when it can."""
    if sys.platform != "linux":
        return "The test cluster needs Linux (network namespaces)."
    if os.geteuid() != 0:
        return "The test cluster needs root: it makes network namespaces."
    absent = sorted({PACKAGES[tool] for tool in PACKAGES if not shutil.which(tool)})
    if absent:
        return f"Missing packages: apt install {' '.join(absent)}."
    if not Path("/proc/self/ns/net").exists():
        return "This kernel has no network namespaces."
    if not all_built() and not go_command():
        return (
            "The programs of the cluster are not built yet, and there is no Go toolchain to build "
            "them with: install Go and put it on PATH."
        )
    return None
