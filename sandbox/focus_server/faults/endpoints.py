"""Faults and knobs of single endpoints; the endpoints look at them."""

from sandbox.faults import Fault, Unit, Value, declared, knob

ACK_HAS_BODY = Fault("ack-has-body", "GET /ack answers a JSON object instead of nothing")
ACK_DECLARED = Fault("ack-declares-json", "GET /ack answers nothing and declares it as JSON")
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
CHANNELS_VARY = Fault("channels-vary", "GET /channels ends one channel lower in every other answer")
LIVE_VARIES = Fault(
    "live-metadata-varies",
    "GET /live_metadata tells a fibre that starts 1 m later in every other answer",
)
CHANNELS_FAIL = Fault("channels-fail", "GET /channels answers 500")
LIVE_MISSING = Fault("live-metadata-missing-key", "GET /live_metadata lacks dx")
LIVE_TEXT = Fault("live-metadata-prr-as-text", "GET /live_metadata answers prr as a string")
LIVE_CONTRADICTS = Fault(
    "live-metadata-contradictory", "GET /live_metadata tells dx and prr of different states"
)
LIVE_FRACTION = Fault(
    "live-metadata-channels-fraction", "GET /live_metadata tells 2447.75 channels"
)
LIVE_NULL = Fault(
    "live-metadata-length-null", "GET /live_metadata tells no length of a fibre that it has"
)
LIVE_NEGATIVE = Fault("live-metadata-prr-negative", "GET /live_metadata tells a negative prr")
LIVE_STEP = Fault("live-metadata-step-wrong", "GET /live_metadata tells a dx that is 1 m too long")
LIVE_START = Fault(
    "live-metadata-start-wrong", "GET /live_metadata tells a fibre that starts 1 m later"
)
LIVE_FAILS = Fault("live-metadata-fails", "GET /live_metadata answers 500")
METADATA_TEXT = Fault(
    "metadata-text-wrong", "an unknown job's metadata is answered with another text"
)
METADATA_UNKNOWN = Fault(
    "metadata-unknown-job-200", "an unknown job's metadata is answered with 200 and an error"
)
METADATA_OF_ANOTHER = Fault(
    "metadata-of-another-job",
    "a job's metadata is that of another live job, where there is one",
)
METADATA_ENDED = Fault(
    "metadata-of-ended-job", "the metadata of a job that has ended is still answered with 200"
)
METADATA_STAYS = Fault(
    "metadata-after-consumer", "the metadata of a job stays known when its last reader has left"
)
METADATA_LEFT = Fault(
    "metadata-until-one-leaves",
    "the metadata of a job is unknown once one of its readers has left, until another comes",
)
METADATA_OF_FIRST = Fault(
    "metadata-of-first-stream", "a job's metadata is known while its first stream is read only"
)
METADATA_PLAYED = Fault(
    "metadata-of-live-jobs-only", "the metadata of a historic job is unknown although it is read"
)
METADATA_BY_SLOT = Fault(
    "metadata-by-slot", "the metadata of a job is found by its slot, whatever counter is asked for"
)
METADATA_BY_BEGINNING = Fault(
    "metadata-by-beginning", "the metadata of a job is found by the beginning of its id"
)
METADATA_BY_NUMBERS = Fault(
    "metadata-by-numbers",
    "the metadata of a job is found by what the parts of an id come to as numbers",
)
METADATA_UNREAD = Fault(
    "metadata-before-consumer", "the metadata of a job that nobody reads is answered with 200"
)
TELL_NOTHING = Fault(
    "endpoints-tell-nothing",
    "GET /channels, /live_metadata and /metadata of a job answer 200 with {} and no body in turn",
)
TIMELINE_JSON = Fault("timeline-not-html", "GET /get_recordings_timeline answers JSON")
RECORDINGS_MS = Fault(
    "recordings-in-milliseconds", "POST /recordings_in_time_range answers milliseconds"
)
RECORDINGS_ALL = Fault(
    "recordings-range-ignored", "POST /recordings_in_time_range answers recordings of any time"
)
RECORDINGS_SHIFTED = Fault(
    "recordings-shifted", "POST /recordings_in_time_range answers times that are years too early"
)
RECORDINGS_DELETED = Fault(
    "recordings-deleted-listed", "POST /recordings_in_time_range lists deleted recordings"
)
RECORDINGS_OLD = Fault(
    "recordings-old-cut", "of a range of more than 30 days only the last two days are listed"
)
RECORDINGS_CUT = Fault(
    "recordings-cut-short", "POST /recordings_in_time_range lists three recordings at most"
)
RECORDINGS_WHOLE = Fault(
    "recordings-only-whole",
    "POST /recordings_in_time_range lists only what lies in the range from first to last",
)
RECORDINGS_ONGOING = Fault(
    "recordings-ongoing-late",
    "POST /recordings_in_time_range lists a recording that goes on only in ranges up to now",
)
RECORDINGS_NEAR = Fault(
    "recordings-near-listed",
    "POST /recordings_in_time_range lists what lies within two minutes of the range as well",
)
HISTORIC_EDGES = Fault(
    "historic-edges-lost",
    "the first and last five seconds of a recording are not found by a historic configuration",
)
HISTORIC_ONGOING = Fault(
    "historic-ongoing-lost",
    "a recording that still goes on is not found by a historic configuration",
)
HISTORIC_OLD = Fault(
    "historic-old-lost",
    "a recording that began more than two days ago is not found by a historic configuration",
)
OPENAPI_MISSING = Fault("openapi-missing", "GET /openapi.json answers 404")
DOCS_MISSING = Fault("docs-missing", "GET /docs answers 404")
PUT_SERVED = Fault("configure-put-served", "PUT /configure is served as POST /configure is")
WRONG_METHOD_SERVED = Fault(
    "wrong-method-served", "a method that the endpoint does not have is answered with 200"
)
HEAD_SERVED = Fault("head-served", "HEAD is answered as GET is")
DECLARATION_IGNORED = Fault(
    "content-type-ignored", "a body is read as JSON, whatever it is declared to be"
)
WRONG_METHOD_UNTOLD = Fault(
    "wrong-method-without-reason",
    "a method that the endpoint does not have is refused by a 405 alone",
)

NO_RECORDING_200 = Fault(
    "no-recording-answers-200", "a historic range without a recording is answered with a job"
)
NO_RECORDING_TEXT = Fault(
    "no-recording-text-wrong", "the 404 of a range without a recording has another text"
)
NO_RECORDING_TELLS = Fault(
    "no-recording-tells-address",
    "the 404 of a range without a recording tells the database's address",
)
CONFIGURE_FAILS = Fault("configure-fails", "every valid configuration is answered with 500")
WAITING_ACCEPTED = Fault(
    "waiting-accepted", "a live configuration is accepted while the fibre is waited for"
)
WAITING_500 = Fault(
    "waiting-answers-500", "a live configuration is answered with 500 while the fibre is waited for"
)
WAITING_SILENT = Fault(
    "waiting-without-reason", "the 503 of a server that waits for the fibre has an empty body"
)
WAITING_LEAVES_JOB = Fault(
    "waiting-leaves-job", "the 503 of a server that waits for the fibre leaves a job behind"
)
WEDGED_BY_BODY = Fault(
    "wedged-after-malformed-body", "after one body that is not JSON /ack answers 503 until a reset"
)
WEDGED_LATER = Fault(
    "wedged-later-after-stress",
    "/ack answers 503 from so many seconds after an extreme configuration on, until a reset",
    Value(Unit.SECONDS, 3.0),
)
WEDGED = Fault(
    "wedged-after-stress",
    "after one extreme configuration /ack answers 503 and /configure 500 until a reset",
)

LIVE_EXTRA = knob("live-metadata-extra-key", "GET /live_metadata has a key that nobody specified")
RECORDINGS_AS_TEXT = Fault(
    "recordings-declared-as-text", "the recordings of a range are declared as text/plain"
)
RECORDINGS_FUTURE = Fault(
    "recordings-none-of-tomorrow", "a range that ends in the future is said to hold no recording"
)
RECORDINGS_AHEAD = Fault(
    "recordings-refuse-future", "a range of recordings that begins in the future is refused"
)
RECORDINGS_INSTANT = Fault(
    "recordings-none-of-instant", "a range without a length is said to hold no recording"
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

FAULTS, KNOBS = declared(vars())
