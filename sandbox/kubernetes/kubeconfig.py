"""The kubeconfigs that a sandbox writes: one cluster, one token each, in a directory of its own."""

import json
import tempfile
from pathlib import Path

from sandbox.kubernetes.api.rbac import Authorizer

ADMIN = "admin.kubeconfig"
"""Beside the other one: for our own tests, which make what the restricted account may not."""


class KubeconfigFile:
    """A kubeconfig in a new temporary directory (JSON is YAML); readable by its owner only."""

    def __init__(self, server: str, authorizer: Authorizer, namespace: str) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="focus-sandbox-")
        folder = Path(self._directory.name)
        self.path = folder / "kubeconfig"
        _write(self.path, server, authorizer.token, namespace)
        _write(folder / ADMIN, server, authorizer.admin_token, namespace)

    def remove(self) -> None:
        """Remove the files and their directory."""
        self._directory.cleanup()


def _write(path: Path, server: str, token: str, namespace: str) -> None:
    name = "sandbox"
    path.touch(mode=0o600)
    path.write_text(
        json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "current-context": name,
                "clusters": [{"name": name, "cluster": {"server": server}}],
                "users": [{"name": name, "user": {"token": token}}],
                "contexts": [
                    {
                        "name": name,
                        "context": {"cluster": name, "user": name, "namespace": namespace},
                    }
                ],
            },
            indent=1,
        ),
        encoding="utf-8",
    )
