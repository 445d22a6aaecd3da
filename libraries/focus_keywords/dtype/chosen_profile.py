"""The profile of PZ's arrays that the keywords judge by, shared by the libraries of one run."""

from __future__ import annotations

from pathlib import Path

from focus_engine.on_use import on_use

with on_use(__name__):
    from focus_engine import environment as environments
    from focus_engine.arrays import profile as profiles
    from focus_engine.pz import profile as pz_profiles


class ChosenProfile:
    """The profile that `Use Array Profile` chose last, else the one in force."""

    def __init__(self) -> None:
        self._profile: profiles.ArraysProfile | None = None

    @property
    def judges(self) -> str:
        """The environment whose arrays are judged; what is invented may judge the sandbox only."""
        return environments.environment_name()

    def choose(self, name: str | None = None) -> profiles.ArraysProfile:
        self._profile = self._read(name)
        return self._profile

    def _read(self, name: str | None) -> profiles.ArraysProfile:
        return profiles.load_arrays_profile(
            name or pz_profiles.profile_in_force(environments.environment_name())
        )

    @property
    def current(self) -> profiles.ArraysProfile:
        return self._profile or self.choose()


class GivenProfile(ChosenProfile):
    """The profile in a folder that DtypeLibrary was given; others may lie beside it."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    @property
    def judges(self) -> str:
        return f"of {self._folder.name}"

    def _read(self, name: str | None) -> profiles.ArraysProfile:
        return profiles.load_arrays_profile(name or self._folder.name, self._folder.parent)


CHOSEN = ChosenProfile()


def chosen_profile(folder: Path | None) -> ChosenProfile:
    """The one that all libraries of a run share; with a folder one of its own."""
    return CHOSEN if folder is None else GivenProfile(folder.resolve())
