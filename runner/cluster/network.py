"""Network namespaces of the cluster: the node's own, its link to this machine, and the end."""

import contextlib
import ipaddress
import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from runner.cluster.plan import (
    HOST_ADDRESS,
    HOST_LINK,
    LINK_RANGE,
    NODE_ADDRESS,
    NODE_LINK,
    NODE_NETNS,
    PREFIX,
)
from runner.problem import ProblemError

NAMED = Path("/run/netns")
FILES = Path("/etc/netns")  # `ip netns exec` lays what is here over /etc
PATIENCE = 10.0  # seconds until what was asked to end has ended


def make() -> None:
    """Make the node's namespace and the link over which this machine reaches the cluster.

    Raises ProblemError where the link's addresses are in use: we would cut the machine off.
    """
    _refuse_overlap()
    _ip("netns", "add", NODE_NETNS)
    _ip("link", "add", HOST_LINK, "type", "veth", "peer", NODE_LINK, "netns", NODE_NETNS)
    _ip("addr", "add", f"{HOST_ADDRESS}/30", "dev", HOST_LINK)
    _ip("link", "set", HOST_LINK, "up")
    inside = ("-n", NODE_NETNS)
    _ip(*inside, "link", "set", "lo", "up")
    _ip(*inside, "addr", "add", f"{NODE_ADDRESS}/30", "dev", NODE_LINK)
    _ip(*inside, "link", "set", NODE_LINK, "up")
    _ip(*inside, "route", "add", "default", "via", HOST_ADDRESS)
    _run("ip", "netns", "exec", NODE_NETNS, "sysctl", "-qw", "net.ipv4.ip_forward=1")


def _refuse_overlap() -> None:
    link = ipaddress.ip_network(LINK_RANGE)
    for route in json.loads(_run("ip", "-json", "-4", "route", "show", "table", "all")):
        destination = route["dst"]
        if destination == "default":
            continue
        if ipaddress.ip_network(destination, strict=False).overlaps(link):
            raise ProblemError(
                f"this machine has a route to {destination} by {route.get('dev')}, and the "
                f"cluster would take {link}: change the ranges in runner/cluster/plan.py."
            )


def ours() -> list[str]:
    """The namespaces of a cluster of ours, the node's first: it restarts what ends in a pod."""
    names = (path.name for path in NAMED.glob(f"{PREFIX}*"))
    return sorted(names, key=lambda name: (name != NODE_NETNS, name))


def remove_all() -> None:
    """End every process in our namespaces and remove them; nothing there is fine too.

    Needs no record of what was started, so a crash leaves nothing that this does not find.
    """
    names = ours()
    for name in names:
        _end_processes(name)
    for name in names:
        _ip("netns", "del", name)
        shutil.rmtree(FILES / name, ignore_errors=True)
    if Path("/sys/class/net", HOST_LINK).exists():
        _ip("link", "del", HOST_LINK)


def _end_processes(name: str) -> None:
    """At once: nothing that they hold is kept."""
    patience = time.monotonic() + PATIENCE
    while pids := _processes(name):
        if time.monotonic() > patience:
            raise ProblemError(f"processes {pids} in {name} do not end.")
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)


def _processes(name: str) -> list[int]:
    return [int(word) for word in _run("ip", "netns", "pids", name).split()]


def _ip(*words: str) -> None:
    _run("ip", *words)


def _run(*words: str) -> str:
    done = subprocess.run(words, check=False, text=True, capture_output=True)
    if done.returncode != 0:
        raise ProblemError(f"{' '.join(words)} failed: {done.stderr.strip()}")
    return done.stdout
