"""The MongoDB of a sandbox: the embedded one, or a real one in a database of its own."""

import os
import uuid
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from sandbox.mongo.server import MongoServer
from sandbox.network.listener import Address
from sandbox.recordings.seed import drop_database
from sandbox.spec import SPEC

_DEFAULT_PORT = 27017
VARIABLE = "FOCUS_SANDBOX_MONGO_URI"


@dataclass
class SandboxDatabase:
    """Where the data is. `uri` names the database; `embedded` is None for a real MongoDB."""

    uri: str
    name: str
    embedded: MongoServer | None

    @property
    def address(self) -> Address:
        """Where it listens; of a replica set, the first member."""
        first = urlsplit(self.uri).netloc.rpartition("@")[2].split(",")[0]
        host, _, port = first.partition(":")
        return host, int(port or _DEFAULT_PORT)

    def uri_through(self, relay: Address) -> str:
        """The URI by which the database is reached through a relay, and no other way."""
        parts = urlsplit(self.uri)
        credentials, at, _ = parts.netloc.rpartition("@")
        query = f"{parts.query}&directConnection=true".lstrip("&")
        netloc = f"{credentials}{at}{relay[0]}:{relay[1]}"
        return urlunsplit(parts._replace(netloc=netloc, query=query))

    def close(self) -> None:
        """Stop the embedded server, or remove our database from the real one."""
        if self.embedded is not None:
            self.embedded.stop()
        else:
            drop_database(self.uri, self.name)


def open_database() -> SandboxDatabase:
    """Start the embedded MongoDB, unless the environment names a real one."""
    given = os.environ.get(VARIABLE)
    if given:
        name = f"focus_sandbox_{uuid.uuid4().hex[:12]}"
        return SandboxDatabase(_with_database(given, name), name, None)
    server = MongoServer()
    server.start()
    return SandboxDatabase(f"mongodb://{server.address}/{SPEC.database}", SPEC.database, server)


def _with_database(uri: str, name: str) -> str:
    """The URI with `name` as its database; credentials stay those of the given one."""
    parts = urlsplit(uri)
    source = parts.path.strip("/")
    query = parts.query
    if source and "@" in parts.netloc and "authSource=" not in query:
        query = f"{query}&authSource={source}".lstrip("&")
    return urlunsplit(parts._replace(path=f"/{name}", query=query))
