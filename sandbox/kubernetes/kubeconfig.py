"""The kubeconfig that a sandbox writes: one cluster, one token, in a directory of its own."""

import json
import tempfile
from pathlib import Path


class KubeconfigFile:
    """A kubeconfig in a new temporary directory (JSON is YAML); readable by its owner only."""

    def __init__(self, server: str, token: str, namespace: str) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="focus-sandbox-")
        self.path = Path(self._directory.name) / "kubeconfig"
        name = "sandbox"
        self.path.touch(mode=0o600)
        self.path.write_text(
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

    def remove(self) -> None:
        """Remove the file and its directory."""
        self._directory.cleanup()
