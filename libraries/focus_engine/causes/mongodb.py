"""Table of causes for failed MongoDB reads, by what pymongo says."""

import re
from collections.abc import Sequence

from focus_engine.causes.cause import Cause, cause_in
from focus_engine.causes.network import (
    NO_LOOK_UP,
    NO_ROUTE,
    REFUSED,
    UNKNOWN_HOST,
    not_connected,
    tls,
)

_UNREACHABLE = f"{NO_LOOK_UP}|{UNKNOWN_HOST}|{REFUSED}|{NO_ROUTE}|timed out"
_URI = "FOCUS_MONGO_URI"
_AWAY = Cause(
    r"configured with internal hostnames",  # also found by the names of the members
    "it is a replica set whose members call themselves by names that this machine cannot reach",
    f"Through a forward or tunnel add directConnection=true to {_URI}.",
    name="behind a forward",
)

MONGODB: tuple[Cause, ...] = (
    _AWAY,
    Cause(
        r"\bcode 18\b|Authentication failed|AuthenticationFailed|bad auth",
        "it does not accept the user or the password",
        f"Check both in {_URI}, and authSource where the user lives in another database.",
    ),
    Cause(
        r"\bcode 13\b|not authorized|Unauthorized|requires authentication",
        "the user may not read that",
        f"Give the user of {_URI} the role `read` on the database.",
    ),
    Cause(
        r"\bcode 50\b|MaxTimeMSExpired|exceeded time limit",
        "it did not finish the query in time",
        "Is it overloaded, or an index missing? `request_timeout` of the environment is the limit.",
    ),
    Cause(
        r"replica set named|not part of the expected replica set|setName|set name"
        r"|members available for replica set name",
        "its replica set has another name",
        f"Correct replicaSet= in {_URI}, or leave it out.",
    ),
    Cause(
        r"\bcode (?:10107|13435|13436|11602)\b|NotPrimary|NotWritablePrimary|not (?:master|primary)"
        r"|No (?:primary|replica set members match)",
        "no primary was found; this may be a secondary",
        f"Name all members or the primary in {_URI}, or add readPreference=secondaryPreferred.",
    ),
    *tls(
        _URI,
        f"Give the CA by tlsCAFile= in {_URI}.",
        f"Leave tls=true out of {_URI} then.",
    ),
    *not_connected(_URI, "the database"),
    Cause(
        r"connection closed|Connection reset|AutoReconnect",
        "it closed the connection at once",
        f"Does it want TLS (tls=true in {_URI}), or is a forward to it broken?",
    ),
    Cause(
        r"timed out|Timeout",
        "it did not answer in time",
        f"Is {_URI} right, the server up, and does a firewall let this machine in?",
    ),
    Cause("", "it could not be read", f"Check {_URI}."),
)


def mongodb_cause(said: str, hosts: Sequence[str]) -> Cause:
    """The cause in what the driver said; `hosts` are those of the URI.

    A member that is not in the URI and cannot be reached is one that the replica set named itself.
    """
    strange = _members(said) - {host.lower() for host in hosts}
    if strange and "ReplicaSet" in said and re.search(_UNREACHABLE, said):
        return _AWAY
    return cause_in(MONGODB, said)


def _members(said: str) -> set[str]:
    """The hosts of the servers in a topology description of pymongo."""
    parts = said.split("<ServerDescription ('")[1:]
    return {part.partition("'")[0].lower() for part in parts}
