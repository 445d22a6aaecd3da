"""The Authorization header of requests to the Focus Server, from FOCUS_TOKEN.

A server that asks for a token gets the one of `FOCUS_TOKEN`; none of today's does.
"""

import os

from focus_engine.verdict import ToolError

TOKEN = "FOCUS_TOKEN"  # noqa: S105 - the variable's name, no token


def credential_headers() -> dict[str, str]:
    """Headers of each request, plain or measured; empty where nothing is asked for.

    Raises ToolError for a token that no header can carry.
    """
    token = os.environ.get(TOKEN, "").strip()
    if not token.isascii() or not token.isprintable():
        raise ToolError(
            f"{TOKEN} holds a character that no header can carry, such as a line break or an "
            "accented letter. Copy the token again; it is not shown."
        )
    return {"Authorization": f"Bearer {token}"} if token else {}
