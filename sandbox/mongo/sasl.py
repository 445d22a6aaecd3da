"""SCRAM for MongoDB clients: who a user is. What a client may do without one is not restricted.

The same as a MongoDB with users whose access control is off: a client without credentials is
served, one with wrong ones is refused.
"""

import hashlib
from typing import Any

from bson.binary import Binary
from scramp import ScramException, ScramMechanism

from sandbox.mongo.errors import CommandError
from sandbox.mongo.wire import Document
from sandbox.spec import SPEC

START, CONTINUE = "saslStart", "saslContinue"
COMMANDS = frozenset({START, CONTINUE})
MECHANISMS = ("SCRAM-SHA-1", "SCRAM-SHA-256")
AUTH_SOURCE = "admin"
_ITERATIONS = 4096
"""The least that drivers accept: a sandbox has nothing to protect."""


def mechanisms_of(user: object) -> Document:
    """What `hello` tells of `user` (`database.name`): nothing of an unknown one."""
    known = user == f"{AUTH_SOURCE}.{SPEC.mongo_user}"
    return {"saslSupportedMechs": list(MECHANISMS)} if known else {}


class Conversation:
    """One connection's exchange of SCRAM messages."""

    def __init__(self) -> None:
        self._server: Any = None
        self._skips_empty = False

    def execute(self, command: Document) -> Document:
        """Answer one of `COMMANDS`. Raises CommandError where the user is not who they say."""
        try:
            return self._start(command) if START in command else self._continue(command)
        except (ScramException, KeyError, UnicodeDecodeError, ValueError):
            self._server = None
            raise CommandError(18, "AuthenticationFailed", "Authentication failed.") from None

    def _start(self, command: Document) -> Document:
        name = str(command.get("mechanism"))
        if name not in MECHANISMS:
            raise CommandError(334, "MechanismUnavailable", f"no mechanism {name!r} here")
        if command.get("$db") != AUTH_SOURCE:
            raise CommandError(18, "AuthenticationFailed", "Authentication failed.")
        self._skips_empty = bool((command.get("options") or {}).get("skipEmptyExchange"))
        mechanism = ScramMechanism(name)
        secret = mechanism.make_auth_info(_password(name), iteration_count=_ITERATIONS)
        self._server = mechanism.make_server({SPEC.mongo_user: secret}.__getitem__)
        self._server.set_client_first(_text(command))
        return _answer(self._server.get_server_first(), done=False)

    def _continue(self, command: Document) -> Document:
        if self._server is None:
            raise CommandError(17, "ProtocolError", "there is no exchange to continue")
        if not command["payload"]:
            return _answer("", done=True)
        self._server.set_client_final(_text(command))
        return _answer(self._server.get_server_final(), done=self._skips_empty)


def _password(mechanism: str) -> str:
    """The password in the form that the mechanism's clients use."""
    if mechanism == "SCRAM-SHA-256":
        return SPEC.mongo_password
    plain = f"{SPEC.mongo_user}:mongo:{SPEC.mongo_password}"
    return hashlib.md5(plain.encode(), usedforsecurity=False).hexdigest()


def _text(command: Document) -> str:
    return bytes(command["payload"]).decode()


def _answer(payload: str, *, done: bool) -> Document:
    return {"conversationId": 1, "done": done, "payload": Binary(payload.encode())}
