"""A value that is silently wrong shows in what the server answers, where it shows at all."""

from collections.abc import Callable
from typing import Any

from focus_engine.causes import HTTP, cause_in, told_by
from focus_engine.checks.finding import Finding, finding
from focus_engine.decoding.bounded_json import decode_json
from focus_engine.decoding.undecodable import UndecodableError
from focus_engine.environment import Environment
from focus_engine.on_use import on_use
from focus_engine.pz.codes import PzCode
from focus_engine.pz.configuration import not_judged
from focus_engine.pz.effective import Effective
from focus_engine.pz.profile import Profile
from focus_engine.pz.redaction import shown
from focus_engine.pz.report import ProfileReport, rest_on
from focus_engine.pz.selector import parse
from focus_engine.status import Basis, Status
from focus_engine.verdict import ToolError

with on_use(__name__):
    import requests

    from focus_engine import provenance
    from focus_engine.network import bounded_http


Getter = Callable[[str], Any]  # GET of a path below the base URL, returning the decoded JSON


def getter(environment: Environment) -> Getter:
    """GET against the environment; raises ToolError unless the answer is 200 with JSON."""

    def get(path: str) -> Any:
        what = f"GET {bounded_http.host_of(environment.base_url)}{environment.file.prefix}{path}"
        try:
            reply = provenance.get(environment, path, environment.file.request_timeout)
        except requests.RequestException as error:
            cause = cause_in(HTTP, told_by(error))
            raise ToolError(f"{what} got no answer: {cause.what}. {cause.advice}") from error
        if not reply.ok:
            raise ToolError(f"{what} was answered {reply.status_code}, so no effect can be seen.")
        try:
            return decode_json(reply.content)
        except UndecodableError as error:
            raise ToolError(f"{what} gave no usable answer: {error}.") from error

    return get


def effects_report(profile: Profile, effective: Effective | None, get: Getter) -> ProfileReport:
    """Compare each observable parameter with the answer that it should show in."""
    live = profile.file.live
    basis = [live.basis("observable effects")]
    if not live.effects or effective is None:
        needs = "which parameter shows in which answer of the server"
        basis.append(Basis("observable effects", Status.PLACEHOLDER, "not supplied", needs))
        return ProfileReport.of("effects of parameters", profile.name, tuple(basis), ())
    found: list[Finding] = []
    for effect in live.effects:
        parameter = effective.get(effect.parameter)
        if effective.unread is not None:
            found.append(
                not_judged(f"the effect of {effect.parameter} is not judged", effective.unread)
            )
            continue
        if parameter is None:
            message = f"parameter {effect.parameter} has no effective value."
            found.append(finding(PzCode.EFFECT_NOT_SEEN, message, expected=effect.parameter))
            continue
        values = [value for _, value in parse(effect.selector).select(get(effect.request))]
        if parameter.value not in values:
            message = (
                f"{effect.parameter} is set in {parameter.origin}, but GET {effect.request} "
                f"does not show its value at {effect.selector}."
            )
            path = (effect.parameter,)
            expected, seen = shown(path, parameter.value), shown(path, values)
            found.append(finding(PzCode.EFFECT_NOT_SEEN, message, expected=expected, seen=seen))
    requests = tuple(dict.fromkeys(effect.request for effect in live.effects))
    return ProfileReport.of(
        "effects of parameters", profile.name, tuple(basis), rest_on(found, *basis), requests
    )
