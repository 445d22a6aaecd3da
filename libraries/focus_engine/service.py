"""Another HTTP service than the Focus Server: what a library is given replaces the files.

It is held to the same rules: production's hosts are refused, and what is not allowed by name is
not done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from focus_engine.declared.permission import Permission
from focus_engine.on_use import on_use
from focus_engine.paths import slug
from focus_engine.verdict import ToolError

with on_use(__name__):
    import pydantic

    from focus_engine import environment as environments
    from focus_engine.network import addresses

ARGUMENT = "base_url"
_ARGUMENTS = {"request_timeout": "timeout"}
ADDRESS = "https://HOST/path"


@dataclass(frozen=True)
class Service:
    """A service and what may be done to it. `timeout` is in seconds.

    `server` is the label selector of its pods; `dependencies` and `thresholds` are files of the
    form of those in `variables/`. Beyond gentle GET, what is not in `allow` is refused.
    """

    base_url: str
    name: str = ""
    allow: Sequence[Permission] = ()
    timeout: float = 10.0
    verify_tls: bool = True
    namespace: str = "default"
    server: str = ""
    dependencies: Path | None = None
    thresholds: Path | None = None

    @property
    def title(self) -> str:
        """Its name, else its host: what messages and baselines call it."""
        return self.name or slug(urlsplit(self.base_url).hostname or "service")

    def environment(self) -> environments.Environment:
        """Raises ToolError for what is no address, for production, and for a name in use.

        And for a time-out or a namespace that there cannot be.
        """
        address = addresses.http_address(ARGUMENT, self.base_url, ADDRESS)
        if self.title in environments.known_environments():
            raise ToolError(
                f"'{self.title}' is an environment with a file. Give the service another name, or "
                f"leave out {ARGUMENT} and choose the environment by FOCUS_ENVIRONMENT."
            )
        try:
            file = self._file()
        except pydantic.ValidationError as error:
            wrong = error.errors()[0]
            argument = _ARGUMENTS.get(str(wrong["loc"][0]), wrong["loc"][0])
            raise ToolError(
                f"{argument} is {wrong['input']!r}: {wrong['msg'].lower()}. Correct it where the "
                "library is imported."
            ) from error
        found = environments.located(self.title, file, address, {ARGUMENT: address})
        return replace(
            found,
            namespace=self.namespace,
            dependencies=self.dependencies or found.dependencies,
            remedy="Name it in `allow` where the library is imported.",
        )

    def _file(self) -> environments.EnvironmentFile:
        allowed = {each.value: each in self.allow for each in Permission}
        return environments.EnvironmentFile(
            description=f"{self.title}, as a library was given it",
            prefix="",
            tls=environments.Tls(verify=self.verify_tls),
            namespace=self.namespace,
            labels=environments.Labels(server=self.server),
            ports=environments.Ports(stream_base=1),
            capabilities=environments.Capabilities(kubernetes=True, mongodb=False),
            shared=True,
            job_life=60,
            alive_jobs=1,
            request_timeout=self.timeout,
            allow=environments.Allow(**allowed),
        )
