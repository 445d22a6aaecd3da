"""A value that is silently wrong shows in what the server answers, where it shows at all."""

from collections.abc import Callable
from typing import Any

from focus.pz.codes import Code
from focus.pz.effective import Effective
from focus.pz.findings import Finding, finding
from focus.pz.profile import Profile
from focus.pz.redaction import shown
from focus.pz.report import Report, rest_on
from focus.pz.selector import parse
from focus.pz.status import Basis, Status

Getter = Callable[[str], Any]  # GET of a path below the base URL, returning the decoded JSON


def effects_report(profile: Profile, effective: Effective | None, get: Getter) -> Report:
    """Compare each observable parameter with the answer that it should show in."""
    live = profile.file.live
    basis = [live.basis("observable effects")]
    if not live.effects or effective is None:
        needs = "which parameter shows in which answer of the server"
        basis.append(Basis("observable effects", Status.PLACEHOLDER, "not supplied", needs))
        return Report("effects of parameters", profile.name, tuple(basis), ())
    found: list[Finding] = []
    for effect in live.effects:
        parameter = effective.get(effect.parameter)
        if parameter is None:
            message = f"parameter {effect.parameter} has no effective value."
            found.append(finding(Code.EFFECT_NOT_SEEN, message, expected=effect.parameter))
            continue
        values = [value for _, value in parse(effect.selector).select(get(effect.request))]
        if parameter.value not in values:
            message = (
                f"{effect.parameter} is set in {parameter.origin}, but GET {effect.request} "
                f"does not show its value at {effect.selector}."
            )
            path = (effect.parameter,)
            expected, seen = shown(path, parameter.value), shown(path, values)
            found.append(finding(Code.EFFECT_NOT_SEEN, message, expected=expected, seen=seen))
    requests = tuple(dict.fromkeys(effect.request for effect in live.effects))
    return Report(
        "effects of parameters", profile.name, tuple(basis), rest_on(found, *basis), requests
    )
