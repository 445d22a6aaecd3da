"""Every code that a check of this package can report. Ids never change their meaning."""

from focus_engine.checks.finding import FindingCode


class ArrayCode(FindingCode):
    """A kind of defect: `id` and `meaning`."""

    # The claim, as text, before any library has interpreted it.
    DTYPE_MISSING = ("DT001", "no dtype is claimed; numpy would silently take float64")
    DTYPE_NOT_TEXT = ("DT002", "the dtype is no text")
    DTYPE_UNKNOWN = ("DT003", "nobody knows a dtype of that name")
    DTYPE_ALIAS = ("DT004", "an alias stands where the canonical name is required")
    ORDER_MISSING = ("DT005", "a multi-byte type without a byte order")
    DTYPE_OF_PLATFORM = ("DT006", "the width of the type depends on the platform")
    DTYPE_SPELLING = ("DT007", "letter case or blanks differ from the canonical name")
    ORDER_IN_NAME = ("DT008", "the byte order stands in the name; it has a field of its own")
    ORDER_UNKNOWN = ("DT009", "the byte order is none of little, big, not-applicable")
    DTYPE_OBJECT = ("DT010", "Python objects: reading them runs code (pickle)")
    DTYPE_TEXT = ("DT011", "text instead of numbers")
    DTYPE_STRUCT = ("DT012", "a structure or raw bytes instead of one type")
    DTYPE_COMPLEX = ("DT013", "a complex type where the contract allows none")
    DATETIME_WITHOUT_UNIT = ("DT014", "a datetime without its unit")
    DATETIME = ("DT015", "a datetime; times travel as integers with a named unit")
    DTYPE_SUBARRAY = ("DT016", "a sub-array; its size belongs in the shape")
    # The claim against the contract.
    ORDER_DIFFERS = ("DT020", "another byte order than the contract's")
    SIGN_DIFFERS = ("DT021", "signed and unsigned are confused")
    KIND_DIFFERS = ("DT022", "another kind of number than the contract's")
    WIDTH_DIFFERS = ("DT023", "another width than the contract's")
    BOOLEAN_DIFFERS = ("DT024", "booleans and integers are confused")
    NOT_IN_CONTRACT = ("DT030", "none of the several dtypes that the contract allows")
    # The layout of a message and of a frame.
    SHAPE_TYPE = ("FR001", "the shape is no list of whole numbers")
    SHAPE_SIGN = (
        "FR002",
        "a size in the shape is negative, too large, or zero where data is promised",
    )
    BUFFERS = ("FR003", "the frame does not hold exactly one buffer")
    LENGTH = ("FR004", "the payload's length is not shape times item size")
    ROWS = ("FR005", "timestamps or row indices are not one per line")
    ROW_ORDER = ("FR006", "row indices or timestamps do not ascend")
    CHANNEL_RANGE = ("FR007", "the channels are not those that the job gave this stream")
    ROW_WIDTH = ("FR008", "a line is not channels times values long")
    # The values.
    EXTREMA_FINITE = ("FR009", "an extremum is no finite number")
    EXTREMA_ORDER = ("FR010", "the minimum is above the maximum")
    NOT_FINITE = ("FR011", "NaN or infinity among the values")
    OUTSIDE_EXTREMA = ("FR012", "a value is outside the running extrema")
    SUBNORMAL = ("FR013", "almost all values are subnormal: integers read as floats look so")
    EXTREMA_SHRANK = ("FR014", "running extrema became narrower")
    RANGE_POLICY = ("FR015", "a negative value on a linear scale")
    NULL_NUMBER = ("FR016", "null in a list of numbers: NaN on the server")
    # A stream of messages.
    STREAM_CHANGED = ("FR017", "dtype, byte order, shape or metadata changed within one stream")
    STREAM_COVERAGE = ("FR018", "a stream of the job is missing, unknown or there twice")
    AXIS_ORDER = ("FR019", "the axis order is neither C nor F")
    DECLARED_LENGTH = ("FR020", "the declared number of bytes is not that of the payload")
    ENVELOPE = ("FR021", "the envelope lacks a field or has one that nobody specified")
    STREAM_ID = ("FR022", "the job_id of a frame is not its stream's")
    ROWS_MISSING = ("FR023", "lines are missing between those that came")
    TIMES = ("FR024", "times stand still or are not those of the recording")
    EXTREMA_OF_JOB = ("FR025", "extrema that are not those of the whole job")
    NOT_ATTAINED = ("FR026", "extrema that no value comes near")
    STANDS_STILL = ("FR027", "all values of a frame are those of the frame before")
    # Metadata.
    LAYER_ORDER = ("MD001", "the layers are not in the order of the contract")
    LEAF = ("MD002", "there is not exactly one leaf layer")
    SAMPLES = ("MD003", "the samples per trace do not fit length / dx")
    GAUGE = ("MD004", "the gauge length is no whole multiple of dx")
    PRR = ("MD005", "the pulse repetition rate is not above 0")
    CHANNELS_FRACTION = ("MD006", "number_of_channels is no integer; rounding would hide it")
    METADATA_DTYPE = ("MD007", "the metadata claims no dtype")
    METADATA_TYPE = ("MD008", "a field is missing or has the wrong type")
    # Summaries.
    COUNT = ("DS001", "count is not the number of values")
    EXTREMA = ("DS002", "min or max is not exactly that of the values")
    MOMENTS = ("DS003", "mean or std is outside the stated tolerance")
    OVERFLOW = ("DS004", "the accumulator overflowed")
    NAN_COUNT = ("DS005", "nan_count is not the number of NaN values")
    SUMMARY_DTYPE = ("DS006", "the summary names another dtype than the array's")
    EMPTY = ("DS007", "a statistic over nothing is not null")
    SUMMARY_FIELDS = ("DS008", "the summary lacks a field, has an unknown one or a wrong type")
    SATURATED = ("DS009", "a statistic saturated: infinity or the largest float16")
