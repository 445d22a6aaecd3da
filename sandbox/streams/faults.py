"""Faults and knobs of the streams; declared here, looked at where frames are made and served."""

from sandbox.faults import Fault, Unit, Value, declared, knob

NEVER_STARTS = Fault("stream-never-starts", "a stream is accepted and never delivers a frame")
PORT_CLOSED = Fault("stream-port-closed", "nothing listens on the promised stream_port")
MISSING_ONE = Fault("stream-missing-one", "the last stream of a job never delivers a frame")
SILENT_NFFT = Fault("stream-silent-above-nfft-2048", "a job with an NFFT above 2048 has no frames")
SILENT_WATERFALL = Fault(
    "stream-silent-recorded-waterfall", "a historic waterfall of one channel has no frames"
)
ENDS_EARLY = Fault("stream-ends-early", "a stream ends after its first frame")
NEVER_ENDS = Fault(
    "stream-never-ends", "a played historic job does not end while somebody is connected"
)
PLAYS_LESS = Fault(
    "stream-last-plays-less", "the last stream of a historic job lacks its last three frames"
)
END_FAILS = Fault("stream-end-fails", "the streams of an ended job fail with INTERNAL")
END_CUTS = Fault(
    "stream-end-cuts-connection", "the connections of an ended job are reset without GOAWAY"
)
DUPLICATES = Fault("stream-duplicates-frames", "every frame is sent twice")
DROPS = Fault("stream-drops-frames", "every third frame is left out")
OUT_OF_ORDER = Fault("stream-frames-out-of-order", "each pair of frames is sent in reverse")
OF_ANOTHER_JOB = Fault(
    "stream-of-another-job",
    "a port delivers frames of the job that was read there before, where there is one",
)
SWAPPED_CHANNELS = Fault(
    "stream-channels-swapped", "each stream delivers the channels of the stream after it"
)
WRONG_WIDTH = Fault("stream-shape-wrong", "data_shape_x is one above the values of a row")
REVERSED_EXTREMA = Fault(
    "stream-extrema-reversed", "global_minimum and global_maximum are exchanged"
)
WIDE_VALUES = Fault("frame-values-wide", "values are written twice as wide as the view's type")
BIG_ENDIAN = Fault("frame-values-big-endian", "values are written big-endian")
INTEGERS = Fault("frame-values-as-integers", "values are integers as wide as the view's floats")
NOT_A_NUMBER = Fault("frame-value-nan", "the first value of every row is NaN")
INFINITE_LATE = Fault(
    "frame-value-infinite-late", "the first value of the 31st row of each stream is infinite"
)
NARROW_EXTREMA = Fault("frame-extrema-narrow", "global_maximum is half of the highest value")
SHRINKING_EXTREMA = Fault(
    "frame-extrema-shrink", "global_maximum contains the values but falls from frame to frame"
)
EXCHANGED_AXES = Fault("frame-axes-exchanged", "data_shape_x and data_shape_y are exchanged")
TRUNCATED = Fault("frame-payload-truncated", "the last byte of every row is missing")
EXTRA_BUFFER = Fault("frame-buffer-extra", "every row is there in two buffers")
CHANGING_TYPE = Fault(
    "frame-type-changes", "from the third frame on values are written twice as wide"
)
CHANGING_LATE = Fault(
    "frame-type-changes-late", "from the 21st frame on values are written twice as wide"
)
EXTREMA_OF_STREAM = Fault(
    "frame-extrema-of-stream", "extrema are those of each stream instead of the whole job"
)
SILENT_VALUES = Fault("frame-values-zero", "every value is 0 whatever the extrema say")
UNREACHED_EXTREMA = Fault(
    "frame-extrema-wide", "global_maximum is twice what any value of the job comes up to"
)
FROZEN_TIME = Fault("frame-time-stands-still", "every line carries the time of the first one")
FROZEN_PICTURE = Fault("frame-values-stand-still", "every line has the values of the first one")
TIME_OF_DAY = Fault(
    "frame-time-of-day", "the frames of a historic job carry the time of day instead of its times"
)
FAST_CLOCK = Fault(
    "frame-times-run-ahead", "lines are told half as far apart again in time as they are"
)
LATE_BEGIN = Fault(
    "frame-times-begin-late", "a historic job is played from the middle of its range on"
)
WRONG_PACE = Fault("frame-times-too-close", "lines are told half as far apart in time as they are")
LATE_STREAMS = Fault(
    "frame-times-of-streams-differ",
    "the times of each stream are two seconds later than those of the stream before it",
)
WRONG_STREAM_ID = Fault("frame-job-id-wrong", "job_id of a frame is there and is that of no stream")
REPEATED_INDEX = Fault(
    "frame-row-index-stands-still", "every message begins with row_index 0 again"
)
PORTS_NOT_FREED = Fault(
    "ports-not-freed", "the port of an ended job stays open until another job gets it"
)
STARTS_LATE = Fault(
    "stream-starts-late",
    "the first frame comes this much later",
    Value(Unit.SECONDS, 2.0),
)
LIVE_STALLS = Fault("stream-live-stalls", "a live stream delivers its first 10 frames and no more")
WATERFALL_ENDS = Fault(
    "stream-live-ends-of-waterfall",
    "a live job of the waterfall ends after this time, also while it is read",
    Value(Unit.SECONDS, 4.0),
)
LIVE_ENDS = Fault(
    "stream-live-ends",
    "a live job ends after its life, or this long after its reader came, although it is read",
    Value(Unit.SECONDS, 0.0),
)
FIRST_READER_ONLY = Fault(
    "stream-first-reader-only", "a live stream that was read delivers nothing to its next reader"
)
ONE_READER = Fault("stream-one-reader", "a stream that is read refuses whoever else would read it")
TO_EACH_READER = Fault(
    "stream-frames-to-each-reader", "every frame is sent to each reader of its stream"
)
STARTS_ANEW = Fault(
    "stream-starts-anew", "the next reader of a stream is served from its first row on"
)
END_FOR_ONE = Fault(
    "stream-ends-for-one", "of the connections to a job that ends, one alone is told of it"
)
READERS_STAY = Fault(
    "stream-readers-stay",
    "who reads any but the first stream of a live job counts as a reader ever after",
)
UNKNOWN_SERVED = Fault(
    "stream-unknown-served", "whoever asks for a stream that the job does not have gets its first"
)

CONNECT_DELAY = knob(
    "stream-connect-delay",
    "a stream_port opens this long after POST /configure (6.6 to 24 s were observed)",
    Value(Unit.SECONDS, 7.0),
)

FAULTS, KNOBS = declared(vars())
