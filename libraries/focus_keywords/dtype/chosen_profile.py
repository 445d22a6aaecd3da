"""The profile of PZ's arrays that the keywords judge by, shared by the libraries of one run."""

from focus_engine.arrays.profile import ArraysProfile, load_arrays_profile
from focus_engine.environment import environment_name
from focus_engine.pz.profile import profile_in_force


class ChosenProfile:
    """The profile that `Use Array Profile` chose last, else the one in force."""

    def __init__(self) -> None:
        self._profile: ArraysProfile | None = None

    def choose(self, name: str | None = None) -> ArraysProfile:
        self._profile = load_arrays_profile(name or profile_in_force(environment_name()))
        return self._profile

    @property
    def current(self) -> ArraysProfile:
        return self._profile or self.choose()


CHOSEN = ChosenProfile()
