"""Stands in for `python -m sandbox up`: says its addresses, answers every GET, ends with its stdin.

What it was started with goes to the file that STUB_ARGUMENTS names. Where STUB_ONLY names a file,
one starts and makes it; whoever finds it does not start.
"""

import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = json.dumps({"sw_version": "11.17.1"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Stay silent: standard output belongs to the addresses."""


if "STUB_ARGUMENTS" in os.environ:
    Path(os.environ["STUB_ARGUMENTS"]).write_text(" ".join(sys.argv[1:]), encoding="utf-8")
if "STUB_BROKEN" in os.environ:
    print("no port is free.", file=sys.stderr)
    sys.exit(int(os.environ["STUB_BROKEN"]))
if "STUB_ONLY" in os.environ:
    only = Path(os.environ["STUB_ONLY"])
    if only.exists():
        print("another one is running.", file=sys.stderr)
        sys.exit(3)
    only.touch()
server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
addresses = {
    "base_url": f"http://127.0.0.1:{server.server_port}/focus-server",
    "mongo_uri": None,
    "amqp_uri": None,
    "kubeconfig": None,
    "namespace": "panda",
    "toxiproxy_url": None,
    "control_url": None,
}
print(json.dumps(addresses), flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
