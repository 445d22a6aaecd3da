"""Validation of NetworkPolicies: policy types, peers, CIDRs and ports."""

import ipaddress
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from sandbox.kubernetes.api.responses import StatusCause
from sandbox.kubernetes.validation import names
from sandbox.kubernetes.validation.causes import forbidden, invalid, required, unsupported
from sandbox.kubernetes.validation.label_selectors import label_selector

Net: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

_PROTOCOLS = ("TCP", "UDP", "SCTP")
_POLICY_TYPES = ("Ingress", "Egress")
_LEADING_ZERO = re.compile(r"(?<![0-9A-Fa-f:])0\d")


def network_policy(item: Mapping[str, Any]) -> Iterator[StatusCause]:
    """What is wrong with the spec."""
    spec = item.get("spec", {})
    yield from label_selector("spec.podSelector", spec.get("podSelector", {}))
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        for index, rule in enumerate(spec.get(direction, [])):
            yield from _rule(f"spec.{direction}[{index}]", rule, peers)
    types = spec.get("policyTypes", [])
    if len(types) > len(_POLICY_TYPES):
        yield invalid("spec.policyTypes", types, "may not specify more than two policyTypes")
        return
    for index, name in enumerate(types):
        if name not in _POLICY_TYPES:
            yield unsupported(f"spec.policyTypes[{index}]", name, _POLICY_TYPES)


def _rule(path: str, rule: Mapping[str, Any], peers: str) -> Iterator[StatusCause]:
    for index, port in enumerate(rule.get("ports", [])):
        yield from _port(f"{path}.ports[{index}]", port)
    for index, peer in enumerate(rule.get(peers, [])):
        yield from _peer(f"{path}.{peers}[{index}]", peer)


def _port(path: str, port: Mapping[str, Any]) -> Iterator[StatusCause]:
    protocol, number, end = port.get("protocol", "TCP"), port.get("port"), port.get("endPort")
    if protocol not in _PROTOCOLS:
        yield unsupported(f"{path}.protocol", protocol, _PROTOCOLS)
    if isinstance(number, int):
        for why in names.port_number(number):
            yield invalid(f"{path}.port", number, why)
        yield from _range(f"{path}.endPort", number, end)
        return
    if end is not None:
        which = "not specified" if number is None else "non-numeric"
        yield invalid(f"{path}.endPort", end, f"may not be specified when `port` is {which}")
    if number is not None:
        for why in names.port_name(str(number)):
            yield invalid(f"{path}.port", number, why)


def _range(path: str, number: int, end: int | None) -> Iterator[StatusCause]:
    if end is None:
        return
    if end < number:
        yield invalid(path, end, "must be greater than or equal to `port`")
    for why in names.port_number(end):
        yield invalid(path, end, why)


def _peer(path: str, peer: Mapping[str, Any]) -> Iterator[StatusCause]:
    for name in ("podSelector", "namespaceSelector"):
        if name in peer:
            yield from label_selector(f"{path}.{name}", peer[name])
    if "ipBlock" in peer:
        yield from _ip_block(f"{path}.ipBlock", peer["ipBlock"])
    if not peer:
        yield required(path, "must specify a peer")
    elif len(peer) > 1 and "ipBlock" in peer:
        yield forbidden(path, "may not specify both ipBlock and another peer")


def _ip_block(path: str, block: Mapping[str, Any]) -> Iterator[StatusCause]:
    cidr = block.get("cidr", "")
    if not cidr:
        yield required(f"{path}.cidr")
        return
    yield from _cidr(f"{path}.cidr", cidr)
    outer = _net(cidr)
    for index, text in enumerate(block.get("except", [])):
        here = f"{path}.except[{index}]"
        yield from _cidr(here, text)
        inner = _net(text)
        if outer and inner and not _is_strictly_within(inner, outer):
            yield invalid(here, text, "must be a strict subset of `cidr`")


def _cidr(path: str, text: str) -> Iterator[StatusCause]:
    net = _net(text)
    if net is None:
        example = ipaddress.IPv4Address(0x0A090800)
        why = f"must be a valid CIDR value, (e.g. {example}/24 or 2001:db8::/64)"
        yield invalid(path, text, why)
    elif _LEADING_ZERO.search(text):
        yield invalid(path, text, "must not have leading 0s in IP or prefix length")
    elif ipaddress.ip_interface(text).ip != net.network_address:
        yield invalid(path, text, "must not have bits set beyond the prefix length")


def _net(text: str) -> Net | None:
    """The net, also of a text with leading zeros; None when it is none."""
    plain = re.sub(r"(?<![0-9A-Fa-f:])0+(?=\d)", "", text) if ":" not in text else text
    try:
        return ipaddress.ip_network(plain, strict=False) if "/" in text else None
    except ValueError:
        return None


def _is_strictly_within(inner: Net, outer: Net) -> bool:
    same = inner.version == outer.version
    return same and inner.prefixlen > outer.prefixlen and inner.network_address in outer
