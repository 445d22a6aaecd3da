"""A loaded profile: the folder, its data, and where the configuration files are."""

import os
from dataclasses import dataclass
from pathlib import Path as FilePath

from focus_engine.arrays.profile import FILE_NAME as ARRAYS_FILE
from focus_engine.arrays.profile import load_arrays_profile
from focus_engine.datafile import read_yaml
from focus_engine.environment import SANDBOX, read_environment_file
from focus_engine.given import folder_given
from focus_engine.paths import VARIABLES
from focus_engine.pz.profile_file import LogRules, ProfileFile
from focus_engine.pz.reading.schema import Schema, read_schema
from focus_engine.status import Basis, Status
from focus_engine.verdict import NotAllowed, ToolError

PROFILES = VARIABLES / "pz"


@dataclass(frozen=True)
class Profile:
    """A profile and the folder that holds the configuration files it judges.

    `files` is None while the team has not supplied them.
    """

    name: str
    folder: FilePath
    file: ProfileFile
    files: FilePath | None
    variables: dict[str, str]

    def schema(self, name: str | None) -> Schema | None:
        return read_schema(self.folder / "schemas" / name) if name else None

    def log_rules(self) -> LogRules:
        return read_yaml(self.folder / self.file.live.log_rules, LogRules)

    def arrays(self) -> tuple[Basis, ...]:
        """What the profile says of arrays; nothing where it has no such file."""
        if not (self.folder / ARRAYS_FILE).is_file():
            return ()
        return load_arrays_profile(self.name, self.folder.parent).facts()

    def facts(self) -> tuple[Basis, ...]:
        """Every part of the profile with its provenance, log rules and arrays included."""
        parts = (
            self.file.heatmap_summary.basis("heatmap summary"),
            self.file.autocfg.basis("autocfg parameters"),
            self.file.supervisor_modules.basis("supervisor modules"),
            self.file.reverted.basis("traces of the reverted change"),
            self.file.live.basis("the running server"),
            self.log_rules().basis("start log"),
            *self.arrays(),
        )
        checker = self.file.external_checker
        return parts if checker is None else (*parts, checker.basis("external checker"))

    def require_for(self, environment: str) -> None:
        """Raise NotAllowed when invented facts would judge anything but the sandbox."""
        invented = [part.what for part in self.facts() if part.status is Status.INVENTED]
        if invented and environment != SANDBOX:
            raise NotAllowed(
                f"profile '{self.name}' is invented ({', '.join(invented)}) and may judge the "
                f"sandbox only, not environment '{environment}'. Choose another profile."
            )


def profile_in_force(environment: str) -> str:
    """FOCUS_PZ_PROFILE, else the profile that the file of `environment` names.

    Raises ToolError, which does not quote the variable, where there is no such profile.
    """
    return profile_given() or read_environment_file(environment).pz.profile


def profile_given() -> str:
    """FOCUS_PZ_PROFILE; an empty text where it is not set. Raises as `profile_in_force`."""
    given = os.environ.get("FOCUS_PZ_PROFILE", "").strip()
    if given and given not in known_profiles():
        known = ", ".join(known_profiles())
        raise ToolError(f"FOCUS_PZ_PROFILE names no profile of {PROFILES}. Known are: {known}.")
    return given


def files_in_force() -> FilePath | None:
    """FOCUS_PZ_FILES, a folder of configuration files; None means the profile's own."""
    if not os.environ.get("FOCUS_PZ_FILES", "").strip():
        return None
    return folder_given("FOCUS_PZ_FILES", FilePath())


def known_profiles(folder: FilePath = PROFILES) -> list[str]:
    return sorted(path.parent.name for path in folder.glob("*/profile.yaml"))


def profile_folder(name: str, profiles: FilePath = PROFILES) -> FilePath:
    """The folder of profile `name`, which is no path. Raises ToolError with the known names."""
    known = known_profiles(profiles)
    if name not in known:
        listed = ", ".join(known) or "none"
        raise ToolError(f"there is no profile '{name}' in {profiles}. Known are: {listed}.")
    return profiles / name


def load_profile(
    name: str,
    *,
    files: FilePath | None = None,
    variables: dict[str, str] | None = None,
    profiles: FilePath = PROFILES,
) -> Profile:
    """The profile `name` of folder `profiles`.

    `files` replaces the profile's own folder of configuration files; `variables` adds to its
    values for `${…}`. Raises ToolError with the known names, or naming file and key.
    """
    folder = profile_folder(name, profiles)
    file = read_yaml(folder / "profile.yaml", ProfileFile)
    own = folder / file.files if file.files else None
    chosen = files or own
    if chosen is not None and not chosen.is_dir():
        raise ToolError(f"{chosen} is no folder; it should hold the configuration files of PZ.")
    return Profile(name, folder, file, chosen, {**file.variables, **(variables or {})})
