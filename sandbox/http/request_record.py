"""The requests that the Focus Server received, in order, for tests to look at."""

import time
from collections import deque
from typing import Any

_KEPT = 10_000


class RequestRecord:
    """The last requests with body and status. Bodies are kept as the text that arrived."""

    def __init__(self) -> None:
        self._entries: deque[dict[str, Any]] = deque(maxlen=_KEPT)

    def add(self, method: str, path: str, body: bytes, status: int) -> None:
        """Append one answered request."""
        self._entries.append(
            {
                "method": method,
                "path": path,
                "body": body.decode("utf-8", "replace") if body else None,
                "status": status,
                "at": time.time(),
            }
        )

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()

    def as_json(self) -> list[dict[str, Any]]:
        """The entries, oldest first."""
        return list(self._entries)
