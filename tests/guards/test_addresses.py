"""No path of somebody's machine and no address of a real one: those come from the environment."""

import ipaddress
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from guards.suites import ROOT

TREES = ("robot", "resources", "libraries", "variables", "sandbox", "runner", "docs")
SUFFIXES = {".robot", ".resource", ".py", ".yaml", ".json", ".md"}
HOME = re.compile(r"(/home/\w|/Users/\w|/work/|[A-Z]:\\\\?Users)")
IPV4 = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")


def _files() -> list[Path]:
    found = [path for tree in TREES for path in (ROOT / tree).rglob("*")]
    return sorted(path for path in found if path.suffix in SUFFIXES)


@pytest.mark.parametrize("file", _files(), ids=lambda file: str(file.relative_to(ROOT)))
def test_no_foreign_path_and_no_real_address(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert HOME.findall(text) == []
    assert list(_real_addresses(text)) == []


def _real_addresses(text: str) -> Iterator[str]:
    for found in IPV4.findall(text):
        try:
            address = ipaddress.ip_address(found)
        except ValueError:
            continue  # four numbers with dots that are no address
        if not (address.is_loopback or address.is_unspecified or _documents(address)):
            yield found


def _documents(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether it is set apart for documentation (RFC 5737)."""
    nets = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")
    return any(address in ipaddress.ip_network(net) for net in nets)
