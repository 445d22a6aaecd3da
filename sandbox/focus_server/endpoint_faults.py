"""Faults and knobs of single endpoints; the endpoints look at them."""

from sandbox.faults import Fault, Unit, Value, knob

ACK_HAS_BODY = Fault("ack-has-body", "GET /ack answers a JSON object instead of nothing")
ACK_FAILS = Fault("ack-fails", "GET /ack answers 500")
CHANNELS_SHORT = Fault(
    "channels-range-short", "GET /channels ends at channel 100, below the client's default end"
)
CHANNELS_DEFAULT = Fault(
    "channels-ignore-parameter",
    "GET /channels ends at a built-in default, whatever the configuration says",
)
CHANNELS_ZERO = Fault("channels-lowest-zero", "GET /channels starts at 0")
CHANNELS_TEXT = Fault("channels-wrong-type", "GET /channels answers strings")
CHANNELS_FAIL = Fault("channels-fail", "GET /channels answers 500")
LIVE_MISSING = Fault("live-metadata-missing-key", "GET /live_metadata lacks dx")
LIVE_EXTRA = Fault("live-metadata-extra-key", "GET /live_metadata has a key that nobody specified")
LIVE_TEXT = Fault("live-metadata-prr-as-text", "GET /live_metadata answers prr as a string")
LIVE_FAILS = Fault("live-metadata-fails", "GET /live_metadata answers 500")
METADATA_TEXT = Fault(
    "metadata-text-wrong", "an unknown job's metadata is answered with another text"
)
METADATA_UNKNOWN = Fault(
    "metadata-unknown-job-200", "an unknown job's metadata is answered with 200 and an error"
)
TIMELINE_JSON = Fault("timeline-not-html", "GET /get_recordings_timeline answers JSON")
RECORDINGS_MS = Fault(
    "recordings-in-milliseconds", "POST /recordings_in_time_range answers milliseconds"
)
RECORDINGS_ALL = Fault(
    "recordings-range-ignored", "POST /recordings_in_time_range answers recordings of any time"
)
RECORDINGS_DELETED = Fault(
    "recordings-deleted-listed", "POST /recordings_in_time_range lists deleted recordings"
)
OPENAPI_MISSING = Fault("openapi-missing", "GET /openapi.json answers 404")

NO_RECORDING_200 = Fault(
    "no-recording-answers-200", "a historic range without a recording is answered with a job"
)
NO_RECORDING_TEXT = Fault(
    "no-recording-text-wrong", "the 404 of a range without a recording has another text"
)
CONFIGURE_FAILS = Fault("configure-fails", "every valid configuration is answered with 500")
WAITING_ACCEPTED = Fault(
    "waiting-accepted", "a live configuration is accepted while the fibre is waited for"
)
WEDGED = Fault(
    "wedged-after-stress",
    "after one extreme configuration /ack answers 503 and /configure 500 until a reset",
)

RECORDINGS_OBJECT = knob(
    "recordings-object-form", 'POST /recordings_in_time_range answers {"recordings": [...]}'
)
RECORDINGS_LATE = knob(
    "recordings-indexed-late",
    "a recording that has just ended is found after this many seconds",
    Value(Unit.SECONDS, 60.0),
)
ZERO_HEIGHT_ACCEPTED = knob(
    "zero-height-accepted", "an observed server accepts height 0 instead of answering 500"
)
NEGATIVE_HEIGHT_FAILS = knob(
    "negative-height-fails", "an observed server answers 500 to a negative height"
)
NEGATIVE_VALUES_FAIL = knob(
    "negative-values-fail", "an observed server answers 500 to negative channels or frequencies"
)
WATERFALL_FAILS = knob("waterfall-fails", "an observed server answers 500 to every waterfall")
MULTI_DECIMATION = knob(
    "multi-decimation",
    "the multichannel spectrum is decimated by this (1 or 4 were inferred)",
    Value(Unit.WHOLE_NUMBER, 4),
)

FAULTS = (
    ACK_HAS_BODY,
    ACK_FAILS,
    CHANNELS_SHORT,
    CHANNELS_DEFAULT,
    CHANNELS_ZERO,
    CHANNELS_TEXT,
    CHANNELS_FAIL,
    LIVE_MISSING,
    LIVE_EXTRA,
    LIVE_TEXT,
    LIVE_FAILS,
    METADATA_TEXT,
    METADATA_UNKNOWN,
    TIMELINE_JSON,
    RECORDINGS_MS,
    RECORDINGS_ALL,
    RECORDINGS_DELETED,
    OPENAPI_MISSING,
    NO_RECORDING_200,
    NO_RECORDING_TEXT,
    CONFIGURE_FAILS,
    WAITING_ACCEPTED,
    WEDGED,
)
KNOBS = (
    RECORDINGS_OBJECT,
    RECORDINGS_LATE,
    ZERO_HEIGHT_ACCEPTED,
    NEGATIVE_HEIGHT_FAILS,
    NEGATIVE_VALUES_FAIL,
    WATERFALL_FAILS,
    MULTI_DECIMATION,
)
