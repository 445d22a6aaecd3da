"""What every request to the Focus Server carries to be let in: the one place that knows.

A server that asks for a token gets the one of `FOCUS_TOKEN`; none of today's does.
"""

import os

TOKEN = "FOCUS_TOKEN"  # noqa: S105 - the variable's name, no token


def credential_headers() -> dict[str, str]:
    """Headers of each request, plain or measured; empty where nothing is asked for."""
    token = os.environ.get(TOKEN)
    return {"Authorization": f"Bearer {token}"} if token else {}
