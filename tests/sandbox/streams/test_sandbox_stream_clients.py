"""The streams for a client whose stubs are generated from the documents' own list of messages."""

import json
import subprocess
import sys

import pytest

DOCUMENTED = """\
syntax = "proto3";
package pandadatastream;
service DataStreamService { rpc StreamData (StreamDataRequest) returns (stream DataStream) {} }
message StreamDataRequest { int32 stream_id = 1; }
message DataStream {
  int32 start_channel = 1; int32 end_channel = 2;
  repeated int64 timestamp_in_milis = 3; repeated int32 row_index = 4;
  int32 data_shape_x = 5; int32 data_shape_y = 6;
  float global_maximum = 7; float global_minimum = 8;
  repeated bytes main_data = 9;
  optional int32 job_id = 10; optional int32 data_shape_z = 11;
}
"""
CLIENT = """\
import json, sys
import grpc
import documented_pb2 as messages, documented_pb2_grpc as stubs

address, streams = sys.argv[1], int(sys.argv[2])
with grpc.insecure_channel(address, options=[("grpc.enable_http_proxy", 0)]) as channel:
    stub = stubs.DataStreamServiceStub(channel)
    for stream in range(streams):
        asked = messages.StreamDataRequest(stream_id=stream)
        frame = next(iter(stub.StreamData(asked, timeout=30)))
        size = sum(map(len, frame.main_data))
        shape = [frame.data_shape_x, frame.data_shape_y]
        lines = len(frame.timestamp_in_milis)
        print(json.dumps([frame.start_channel, frame.end_channel, *shape, lines, size]))
"""


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """A folder with generated stubs and a client that uses nothing else."""
    folder = tmp_path_factory.mktemp("stubs")
    (folder / "documented.proto").write_text(DOCUMENTED, encoding="utf-8")
    (folder / "client.py").write_text(CLIENT, encoding="utf-8")
    out = [f"--python_out={folder}", f"--grpc_python_out={folder}"]
    words = [sys.executable, "-m", "grpc_tools.protoc", f"-I{folder}", *out, "documented.proto"]
    subprocess.run(words, check=True)
    return folder / "client.py"


@pytest.mark.parametrize("view", ["multichannel", "singlechannel", "waterfall"])
def test_generated_stubs_read_each_stream(sandbox, valid, client, view):
    answer = sandbox.configure(valid[view]).json()
    address = f"{answer['stream_url'].removeprefix('http://')}:{answer['stream_port']}"
    words = [sys.executable, str(client), address, str(answer["stream_amount"])]
    done = subprocess.run(words, check=True, capture_output=True, text=True, timeout=120)
    frames = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(frames) == answer["stream_amount"]
    channels = []
    for first, last, per_line, lines, stamps, size in frames:
        assert stamps == lines
        assert size % (per_line * lines) == 0
        channels += range(first, last + 1)
    asked = valid[view]["channels"]
    assert channels == [*range(asked["min"], asked["max"] + 1)]
