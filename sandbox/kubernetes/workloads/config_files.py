"""The configuration files that the server's pod mounts: a profile's files, read as data."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sandbox.options import OptionError

PROFILES = Path(__file__).parents[3] / "variables" / "pz"
MOUNT = "/prisma/config/pz"


@dataclass(frozen=True)
class ConfigFiles:
    """Contents by path below `MOUNT`: as they should be, and as they were before the revert."""

    current: Mapping[str, bytes]
    former: Mapping[str, bytes]


def mountable_profile(name: str) -> str:
    """`name` when it is a profile with files. Raises OptionError with those there are."""
    known = sorted(folder.parents[1].name for folder in PROFILES.glob("*/files/after"))
    if name not in known:
        legal = ", ".join(known) or "none"
        raise OptionError(f"--pz-profile is {name!r}; profiles with files are: {legal}.")
    return name


def read_config_files(profile: str) -> ConfigFiles:
    """Read `files/after` and, where there is one, `files/before` of a profile."""
    files = PROFILES / mountable_profile(profile) / "files"
    return ConfigFiles(_contents(files / "after"), _contents(files / "before"))


def _contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def as_data(contents: Mapping[str, bytes]) -> tuple[dict[str, str], dict[str, str]]:
    """Text and binary values of a ConfigMap; its keys are the names of the files."""
    text: dict[str, str] = {}
    binary: dict[str, str] = {}
    for path, content in contents.items():
        key = path.rsplit("/", 1)[-1]
        try:
            text[key] = content.decode()
        except UnicodeDecodeError:  # Kubernetes keeps such values apart
            binary[key] = base64.b64encode(content).decode()
    return text, binary
