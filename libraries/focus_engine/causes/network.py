"""How no connection came about: the same for every protocol, with the advice of each."""

from focus_engine.causes.cause import Cause

# What the systems say: Linux, macOS, Windows.
UNKNOWN_HOST = (
    r"Name or service not known|nodename nor servname|getaddrinfo failed|Name does not resolve"
    r"|No address associated|\[Errno -[25]\]|\[Errno 11001\]"
)
NO_LOOK_UP = r"Temporary failure in name resolution|\[Errno -3\]|\[Errno 11002\]"
REFUSED = r"Connection refused|actively refused|\[Errno 111\]|\[Errno 61\]|WinError 10061"
NO_ROUTE = r"No route to host|Network is unreachable|Host is down|WinError 1006[35]"
NO_TLS = r"WRONG_VERSION_NUMBER|unknown protocol|http request|RECORD_LAYER_FAILURE|PACKET_LENGTH"
EXPIRED = r"certificate has expired"
OTHER_NAME = r"Hostname mismatch|IP address mismatch|doesn't match|not valid for"
UNTRUSTED = r"CERTIFICATE_VERIFY_FAILED|certificate verify failed|self.signed"
WANTS_CERTIFICATE = r"CERTIFICATE_REQUIRED|alert bad certificate|CERTIFICATE_UNKNOWN"
NO_COMMON_TLS = r"UNSUPPORTED_PROTOCOL|HANDSHAKE_FAILURE|NO_SHARED_CIPHER|PROTOCOL_VERSION"

ANY_TLS = r"SSL(?:EOF|CertVerification)?Error|\[SSL|(?:SSL|TLS) handshake"


def not_connected(where: str, server: str) -> tuple[Cause, ...]:
    """The causes of no connection to `server`, whose address stands in `where`."""
    return (
        Cause(
            NO_LOOK_UP,
            "the host name cannot be looked up",
            f"Has this machine a network and a DNS server? Then check the name in {where}.",
        ),
        Cause(
            UNKNOWN_HOST,
            "the host name is not known",
            f"Is it spelt right in {where}, and is the VPN or the DNS on that knows it?",
        ),
        Cause(REFUSED, "connection refused", f"Is {where} right and {server} up?", name="refused"),
        Cause(
            NO_ROUTE,
            "there is no way through the network to it",
            f"Is the VPN on, and the address in {where} right?",
        ),
    )


def tls(where: str, authority: str, plain: str) -> tuple[Cause, ...]:
    """The causes of no TLS; `authority` and `plain` say where trust and plain text are chosen."""
    return (
        Cause(NO_TLS, "it does not speak TLS", f"Is it plain text? {plain}"),
        Cause(EXPIRED, "its certificate has expired", "Renew it, or set this machine's clock."),
        Cause(
            OTHER_NAME,
            "certificate verify failed: it is for another name",
            f"Use the name that the certificate holds in {where}.",
        ),
        Cause(
            r"self.signed",
            "certificate verify failed: self-signed certificate",
            authority,
        ),
        Cause(UNTRUSTED, "certificate verify failed: nobody trusted signed it", authority),
        Cause(
            WANTS_CERTIFICATE,
            "it wants a certificate of the client",
            "Ask the team for one: these tests send none by themselves.",
        ),
        Cause(
            NO_COMMON_TLS,
            "both sides have no version or cipher of TLS in common",
            "Is a very old server or proxy in between?",
        ),
        Cause(ANY_TLS, "TLS failed", f"{plain} {authority}", name="untrusted"),
    )
