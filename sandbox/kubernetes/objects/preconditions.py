"""Checks name, uid and resource version of a change against the stored object."""

from sandbox.kubernetes.api.responses import bad_request, conflict, invalid
from sandbox.kubernetes.objects.discovery import ServedResource
from sandbox.kubernetes.objects.store import Object
from sandbox.kubernetes.validation.causes import invalid as invalid_value

MODIFIED = (
    "the object has been modified; please apply your changes to the latest version and try again"
)


def check_name(namespace: str, name: str, metadata: Object) -> None:
    """Raise ApiError 400 unless the object says the name and namespace of the path."""
    given, place = metadata.get("name", ""), metadata.get("namespace", "")
    if given != name:
        raise bad_request(
            f"the name of the object ({given}) does not match the name on the URL ({name})"
        )
    if namespace and place and place != namespace:
        raise bad_request(
            f"the namespace of the object ({place}) does not match "
            f"the namespace on the request ({namespace})"
        )


def check_uid(resource: ServedResource, before: Object, metadata: Object) -> None:
    """Raise ApiError 409 when the object that is meant has been replaced."""
    uid, known = metadata.get("uid"), before["metadata"]["uid"]
    if uid and uid != known:
        raise conflict(
            resource.qualified,
            before["metadata"]["name"],
            f"Precondition failed: UID in precondition: {uid}, UID in object meta: {known}",
        )


def check_version(resource: ServedResource, before: Object, metadata: Object) -> None:
    """Raise ApiError 409 when the object has been changed since; 422 when nobody can tell."""
    name, known = before["metadata"]["name"], before["metadata"]["resourceVersion"]
    given = metadata.get("resourceVersion", "")
    if given and given != known:
        raise conflict(resource.qualified, name, MODIFIED)
    if not given and not resource.unconditional_update:
        cause = invalid_value("metadata.resourceVersion", 0, "must be specified for an update")
        raise invalid(resource.qualified, name, [cause])
