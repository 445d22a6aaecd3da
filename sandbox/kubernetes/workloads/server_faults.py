"""Faults and knobs of the Focus Server's pod: how a configuration can fail to be taken."""

from sandbox.faults import Fault, declared, knob

FILES_NOT_DEPLOYED = Fault(
    "pz-files-not-deployed", "ConfigMap and pod hold the files of before the revert"
)
MOUNT_NOT_UPDATED = Fault(
    "pz-mount-not-updated", "the ConfigMap is right, the files in the pod are the former ones"
)
MAP_FORMER = Fault(
    "pz-config-map-former", "the files in the pod are right, the ConfigMap holds the former ones"
)
VOLUME_MISSING = Fault("pz-volume-missing", "no configuration file is there in the pod")
PROCESS_STALE = Fault(
    "server-process-stale", "the ConfigMap was written after the process had started"
)
ROLLOUT_STUCK = Fault("rollout-stuck", "the Deployment has a new generation that no pod runs")
MODULE_MISSING = Fault(
    "start-log-missing-module", "a module that was removed is still imported at the start"
)
KEY_ERROR = Fault("start-log-key-error", "the start log shows a KeyError of the configuration")
BARE_TRACEBACK = Fault(
    "start-log-bare-traceback",
    "the start log shows a traceback that no line with a level announces",
)
FILE_REFUSED = Fault(
    "start-log-file-refused", "the server logs that it cannot use a file, and goes on with defaults"
)
FALLS_BACK = Fault(
    "start-log-falls-back", "the server logs at level INFO that it takes defaults for a file"
)
PARAMETER_IGNORED = Fault(
    "start-log-parameter-ignored", "the server warns in its start log that it ignores a parameter"
)
COUNTS_ERRORS = Fault(
    "start-log-counts-errors", "the server logs at level INFO that it found two errors"
)
RECORDER_SKIPPED = Fault(
    "start-log-recorder-skipped", "the server logs at level INFO that it left a recorder out"
)
TASK_FAILED = Fault(
    "start-log-task-failed", "the start log tells that the exception of a task was never retrieved"
)
PART_LOADED = Fault(
    "start-log-part-loaded", "the server logs at level INFO that it loaded 9 of 10 recorders"
)
OLDER_IMAGE = Fault(
    "server-pod-older-image", "the server's pod runs another image than its Deployment says"
)
TELLS_FORMER_LIMIT = Fault(
    "start-log-former-limit",
    "the server logs at level INFO that it limits channels to the 2500 of former times",
)
LOG_ROTATED = Fault("start-log-rotated", "the beginning of the server's log is gone")
NOT_READY = Fault(
    "start-log-without-readiness", "no line of the log shows that the server is ready"
)
BREAKS_AT_RESTART = Fault(
    "restart-breaks-start", "the running process is well, but one that starts now logs a KeyError"
)
CRASHED = Fault(
    "crashed-and-recovered", "the container crashed once for its configuration and runs since"
)
RESTART_LOOP = Fault("restart-loop", "the container crashes and is restarted again and again")
JOB_POD_FAILS = Fault("job-pod-fails", "a job is answered properly, and its pod fails at once")
LIVE_SERVICE_STAYS = Fault(
    "live-service-left-behind", "the Service of a live job stays after its end"
)
SERVICE_STAYS = Fault("service-left-behind", "the Service of a historic job stays after its end")
JOB_SERVICE_INSIDE = Fault(
    "job-service-cluster-ip", "the Service of a job is a ClusterIP, reached from inside alone"
)
JOB_SERVICE_ELSEWHERE = Fault(
    "job-service-elsewhere", "the Service of a job selects the pods of another one"
)
JOB_POD_WAITS = Fault("job-pod-waits", "the pod of a job stays Pending, though the job streams")
COMMAND_FREQUENCIES = Fault(
    "job-command-frequencies-wrong", "the command of a job begins at 0 Hz, whatever was asked for"
)
COMMAND_NFFT = Fault(
    "job-command-nfft-wrong", "the command of a job says NFFT 1024, whatever was asked for"
)
CLEANUP_LABEL = Fault(
    "cleanup-pod-label-wrong", "the pod of a cleanup job is labelled as one of the job itself"
)
COMMAND_CHANNELS = Fault(
    "job-command-channels-wrong", "the command of a job names the channel after its last"
)
COMMAND_TIMES = Fault(
    "job-command-times-wrong", "the command of a historic job ends where it starts"
)

CRASHED_FOR_MONGO = knob(
    "crashed-for-mongodb", "the container crashed once because MongoDB was away, and runs since"
)
NO_OPT_IN = knob("namespace-without-opt-in", "the namespace does not allow disruptive cases")

FAULTS, KNOBS = declared(vars())
