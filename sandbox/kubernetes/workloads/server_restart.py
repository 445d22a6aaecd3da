"""The Deployment's annotation by which the server is restarted, as `kubectl` writes it."""

from sandbox.kubernetes.objects.admission import RESTARTED_AT
from sandbox.kubernetes.objects.store import Change, ChangeType, Store
from sandbox.kubernetes.workloads.server_process import ServerProcess


def follow_restarts(store: Store, process: ServerProcess) -> None:
    """Restart the process whenever the template of a Deployment says so anew."""

    def note(change: Change) -> None:
        if change.plural != "deployments" or change.type is not ChangeType.MODIFIED:
            return
        metadata = change.object["spec"]["template"]["metadata"]
        stamp = metadata.get("annotations", {}).get(RESTARTED_AT)
        if stamp:
            process.restart(stamp)

    store.follow(note)
