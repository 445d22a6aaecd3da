"""Table of causes for failed HTTP requests, by what requests and urllib3 say.

From `broken` on the server was reached, so what came back, or did not, is the product's.
"""

from focus_engine.causes.cause import Cause, Whose
from focus_engine.causes.network import not_connected, tls

PROXY = "HTTP_PROXY or HTTPS_PROXY"  # in advice; with an address known, the one that is in force
_URL = "FOCUS_BASE_URL"
_LOG = "Look into the log of the server at this time, and at a proxy or forward in between."


def _product(pattern: str, what: str) -> Cause:
    return Cause(pattern, what, _LOG, Whose.PRODUCT)


HTTP: tuple[Cause, ...] = (
    Cause(
        r"ProxyError|Tunnel connection failed|SOCKS",
        "the proxy of this machine did not let it through",
        f"Correct {PROXY}, or name the host in NO_PROXY.",
    ),
    *tls(
        _URL,
        "Give the server's CA by REQUESTS_CA_BUNDLE, or set tls.verify to false in the "
        "environment's file.",
        f"Then write http:// in {_URL}.",
    ),
    *not_connected(_URL, "the server"),
    Cause(
        r"ConnectTimeout",
        "no connection within the time-out",
        f"Is {_URL} right, and does a firewall let this machine in?",
        name="connect time-out",
    ),
    Cause(
        r"InvalidURL|InvalidSchema|MissingSchema|LocationParseError|UnicodeError",
        "the address cannot be used",
        f"Write {_URL} as https://HOST/PREFIX.",
    ),
    Cause(
        r"Invalid header value|Header part|Invalid leading whitespace",
        "a header cannot be sent",
        "Is there a blank or a line break at the end of a token or a variable, or in a cell what "
        "is no header?",
    ),
    # The server was reached.
    _product(r"AnswerTooLarge|larger than \d+ bytes", "its answer is too large to be one"),
    _product(
        r"ends too early",
        "its compressed body is cut, or there is more after its end",
    ),
    _product(
        r"ContentDecodingError|DecodeError|incorrect header check|invalid (?:distance|block|code)",
        "its body is not in the encoding that its header names (such as gzip)",
    ),
    _product(
        r"InvalidChunkLength|invalid chunk|Invalid chunk",
        "the chunks of its body are broken",
    ),
    _product(r"got more than \d+ headers", "it sent more than 100 headers"),
    _product(r"got more than \d+ bytes|LineTooLong", "a line of its headers is too long"),
    _product(
        r"Content-Length contained multiple|InvalidHeader",
        "it gave its body two lengths",
    ),
    _product(
        r"a length that is no number|invalid character in Content-Length",
        "it gave its body a length that is no number",
    ),
    _product(
        r"IncompleteRead|Response ended prematurely|not enough data",
        "it closed the connection in the middle of its answer",
    ),
    _product(
        r"not complete in time|Read timed out|ReadTimeout|timed out",
        "it was reached and did not answer in full within the time-out",
    ),
    _product(
        r"RemoteDisconnected|Remote end closed|Server disconnected|UNEXPECTED_EOF|EOF occurred",
        "it closed the connection without an answer",
    ),
    _product(
        r"Connection reset|reset by peer|forcibly closed|ConnectionReset|Broken pipe|BrokenPipe"
        r"|ConnectionAborted|WinError 1005[34]",
        "it reset the connection",
    ),
    _product(
        r"BadStatusLine|UnknownProtocol|no HTTP that can be read|HeaderParsing"
        r"|Invalid header|ProtocolError|HTTPException|unreadable",
        "its answer is no HTTP that can be read",
    ),
    Cause("", "the request failed", f"Is {_URL} right and the server up?"),
)
