"""In which type the values of a job's frames are read: the proto has no field for it."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from focus_engine.arrays.canonical import CANONICAL
from focus_engine.arrays.contract import ReadClaim
from focus_engine.arrays.profile import ArraysProfile, load_arrays_profile
from focus_engine.pz.profile import profile_in_force
from focus_engine.verdict import NotAllowed, ToolError


def value_type(answer: Mapping[str, Any], environment: str) -> ReadClaim | None:
    """What the profile in force says of the view of the answer to POST /configure.

    None where it says nothing, or is invented and judges another environment than the sandbox: the
    cases about dtypes tell of that.
    """
    try:
        profile = _profile(profile_in_force(environment))
        profile.require_for(environment)
    except (NotAllowed, ToolError):
        return None
    code = str(answer.get("view_type"))
    views = [view for view in profile.file.dtype_by_view.values() if view.view_type == code]
    return ReadClaim(CANONICAL[views[0].dtype], views[0].endian) if views else None


@cache
def _profile(name: str) -> ArraysProfile:
    return load_arrays_profile(name)
