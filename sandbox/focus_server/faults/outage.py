"""Faults that show when MongoDB or RabbitMQ cannot be reached, one wrong behaviour each."""

from sandbox.faults import Fault, Unit, Value, declared, knob

DEPENDENCY_LIMIT = knob(
    "dependency-limit",
    "a dependency is waited for so long (2.5 s without the knob)",
    Value(Unit.SECONDS, 2.5),
)

MONGO_500 = Fault("mongodb-outage-500", "without MongoDB a historic request is answered with 500")
MONGO_200 = Fault(
    "mongodb-outage-200", "without MongoDB a historic configuration is answered with a job"
)
MONGO_SLOW = Fault(
    "mongodb-outage-slow",
    "without MongoDB the 503 comes after this time (a driver's default)",
    Value(Unit.SECONDS, 30.0),
)
MONGO_HANG = Fault("mongodb-outage-hang", "without MongoDB a historic request is not answered")
MONGO_FREEZES_ACK = Fault(
    "mongodb-outage-freezes-ack",
    "without MongoDB /ack is answered after this time only",
    Value(Unit.SECONDS, 6.0),
)
MONGO_LEAVES_JOB = Fault(
    "mongodb-outage-leaves-job", "the 503 of a server without MongoDB leaves a job behind"
)
MONGO_LEAVES_SERVICE = Fault(
    "mongodb-outage-leaves-service", "the 503 of a server without MongoDB leaves a Service behind"
)
MONGO_CRASH = Fault(
    "mongodb-outage-crash", "without MongoDB a historic request crashes the server's container"
)
MONGO_NEVER_RECOVERS = Fault(
    "mongodb-outage-never-recovers", "once MongoDB was away, historic requests get 503 for ever"
)
MONGO_NEEDS_RESTART = Fault(
    "mongodb-outage-needs-restart",
    "once MongoDB was away, historic requests get 503 until the server is restarted",
)
MONGO_LEAKS_TRACE = Fault(
    "mongodb-outage-leaks-trace", "the 503 of a server without MongoDB carries its own trace"
)
MONGO_FAILS_LIVE = Fault(
    "mongodb-outage-fails-live", "without MongoDB a live configuration gets 503 too"
)
MONGO_FAILS_METADATA = Fault(
    "mongodb-outage-fails-metadata", "without MongoDB /live_metadata and /metadata get 503 too"
)
MONGO_DOUBLES_JOB = Fault(
    "mongodb-outage-doubles-job",
    "each configuration that failed without MongoDB is repeated at the next one that succeeds",
)
MONGO_UNNAMED = Fault(
    "mongodb-outage-unnamed", "the 503 of a server without MongoDB does not name it"
)
MONGO_NO_RETRY_AFTER = Fault(
    "mongodb-outage-without-retry-after", "the 503 of a server without MongoDB has no Retry-After"
)
MONGO_RETRY_BEFORE = Fault(
    "mongodb-outage-retry-after-negative",
    "the 503 of a server without MongoDB has a Retry-After below 0",
)
MONGO_HIDES_RECORDING = Fault(
    "mongodb-outage-hides-recording",
    "a recording that was added while MongoDB was away for the server is never found",
)
MONGO_CACHED = Fault(
    "mongodb-outage-answers-from-cache",
    "without MongoDB the server answers from a cache what it was asked before",
)
MONGO_ZERO_PRR = Fault(
    "mongodb-outage-zero-prr",
    "once a request failed without MongoDB, /live_metadata has a prr of 0 until it is back",
)
MONGO_SILENT_LIVE = Fault(
    "mongodb-outage-silent-live",
    "once a request failed without MongoDB, live jobs are accepted and never stream",
)
MONGO_OTHER_VIEWS = Fault(
    "mongodb-outage-other-views-404",
    "without MongoDB a historic configuration of another view than multichannel gets 404",
)
MONGO_500_AGAIN = Fault(
    "mongodb-outage-500-again",
    "without MongoDB every historic configuration after the third gets 500",
)
MONGO_LISTS_NOTHING = Fault(
    "mongodb-outage-long-range-empty",
    "without MongoDB a range of more than an hour is answered with no recordings",
)
MONGO_IN_TURN = Fault(
    "mongodb-outage-one-at-a-time", "requests that need MongoDB wait for each other"
)
MONGO_FAILS_CHANNELS = Fault(
    "mongodb-outage-fails-channels", "without MongoDB /channels gets 503 too"
)
MONGO_DELAYS_LIVE = Fault(
    "mongodb-outage-delays-live",
    "without MongoDB a live configuration is served, but waits for MongoDB first",
)
MONGO_FORGETS_JOBS = Fault(
    "mongodb-outage-forgets-jobs",
    "once a request failed without MongoDB, the metadata of every job are unknown until it is back",
)
MONGO_ENDS_LIVE = Fault(
    "mongodb-outage-ends-live",
    "each configuration that fails without MongoDB ends all live jobs",
)
MONGO_ENDS_LIVE_AFTER = Fault(
    "mongodb-outage-ends-live-after",
    "once MongoDB was away, the next configuration ends the live jobs of before",
)
MONGO_LOSES_VIEWS = Fault(
    "mongodb-outage-loses-views",
    "once MongoDB was away, historic configurations of other views than multichannel get 503",
)
MONGO_LOSES_METADATA = Fault(
    "mongodb-outage-loses-metadata",
    "once MongoDB was away, historic jobs tell no metadata of their recording",
)
MONGO_LOWERS_CHANNELS = Fault(
    "mongodb-outage-lowers-channels",
    "once a request failed without MongoDB, /channels tells the client's limit until it is back",
)
MONGO_LIFTS_LIMIT = Fault(
    "mongodb-outage-lifts-limit",
    "once a request failed without MongoDB, any number of channels is served until it is back",
)
MONGO_LISTS_DELETED = Fault(
    "mongodb-outage-lists-deleted", "once MongoDB was away, deleted recordings are listed too"
)
MONGO_PLAYS_NEWEST = Fault(
    "mongodb-outage-plays-newest", "once MongoDB was away, historic jobs play the newest recording"
)
RABBIT_500 = Fault("rabbitmq-outage-500", "without RabbitMQ a live request is answered with 500")
RABBIT_200 = Fault(
    "rabbitmq-outage-200", "without RabbitMQ a live configuration is answered with a job"
)
RABBIT_LEAVES_JOB = Fault(
    "rabbitmq-outage-leaves-job", "the 503 of a server without RabbitMQ leaves a job behind"
)
RABBIT_LEAKS_TRACE = Fault(
    "rabbitmq-outage-leaks-trace", "the 503 of a server without RabbitMQ carries its own trace"
)
RABBIT_UNNAMED = Fault(
    "rabbitmq-outage-unnamed", "the 503 of a server without RabbitMQ does not name it"
)
RABBIT_CRASH = Fault(
    "rabbitmq-outage-crash", "without RabbitMQ a live request crashes the server's container"
)
RABBIT_FAILS_RECORDINGS = Fault(
    "rabbitmq-outage-fails-recordings", "without RabbitMQ the recordings cannot be listed either"
)
RABBIT_NEVER_RECOVERS = Fault(
    "rabbitmq-outage-never-recovers", "once RabbitMQ was away, live requests get 503 for ever"
)
RABBIT_FAILS_HISTORIC = Fault(
    "rabbitmq-outage-fails-historic", "without RabbitMQ a historic configuration gets 503 too"
)
RABBIT_FAILS_CHANNELS = Fault(
    "rabbitmq-outage-fails-channels", "without RabbitMQ /channels gets 503 too"
)
RABBIT_FAILS_TIMELINE = Fault(
    "rabbitmq-outage-fails-timeline", "without RabbitMQ /get_recordings_timeline gets 503 too"
)
RABBIT_FAILS_METADATA = Fault(
    "rabbitmq-outage-fails-metadata", "without RabbitMQ /live_metadata and /metadata get 503 too"
)
RABBIT_LOSES_VIEWS = Fault(
    "rabbitmq-outage-loses-views",
    "once RabbitMQ was away, live configurations of other views than multichannel get 503",
)
RABBIT_SILENT_LIVE = Fault(
    "rabbitmq-outage-silent-live",
    "once RabbitMQ was away, live jobs are accepted and never stream",
)
RABBIT_AS_TEXT = Fault(
    "rabbitmq-outage-declared-as-text",
    "the 503 of a server without RabbitMQ is declared as text/plain",
)
RABBIT_FORGETS_HISTORIC = Fault(
    "rabbitmq-outage-forgets-historic",
    "once a request failed without RabbitMQ, the metadata of historic jobs are unknown until it is "
    "back",
)
RABBIT_LISTS_ENDED = Fault(
    "rabbitmq-outage-lists-ended",
    "once a request failed without RabbitMQ, a recording that goes on is not listed until it is "
    "back",
)
RABBIT_COUNTS_ANEW = Fault(
    "rabbitmq-outage-counts-anew", "once RabbitMQ was away, the counter of every job is 1"
)

FAULTS, KNOBS = declared(vars())
