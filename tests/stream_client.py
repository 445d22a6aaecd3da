"""A gRPC reader of the sandbox's streams for its tests; knows nothing of the engine."""

import time
from dataclasses import dataclass, field

import grpc

from sandbox.streams.pandadatastream_pb2 import DataStream, StreamDataRequest

METHOD = "/pandadatastream.DataStreamService/StreamData"


@dataclass
class Read:
    """What came of one stream: messages, how it ended and when (seconds from the start)."""

    frames: list = field(default_factory=list)
    code: str = "enough"
    details: str = ""
    seconds: float = 0.0

    @property
    def rows(self) -> list[int]:
        return [row for frame in self.frames for row in frame.row_index]


def connect(response: dict) -> grpc.Channel:
    address = f"{response['stream_url'].removeprefix('http://')}:{response['stream_port']}"
    own = ("grpc.use_local_subchannel_pool", 1)
    return grpc.insecure_channel(address, options=[("grpc.enable_http_proxy", 0), own])


def open_stream(channel: grpc.Channel, stream: int, timeout: float = 5, method: str = METHOD):
    call = channel.unary_stream(
        method,
        request_serializer=StreamDataRequest.SerializeToString,
        response_deserializer=DataStream.FromString,
    )
    return call(StreamDataRequest(stream_id=stream), timeout=timeout)


def read(response: dict, stream: int = 0, frames: int | None = None, timeout: float = 5) -> Read:
    """Read so many frames, or to the end."""
    began, result = time.monotonic(), Read()
    with connect(response) as channel:
        call = open_stream(channel, stream, timeout)
        try:
            for frame in call:
                result.frames.append(frame)
                if len(result.frames) == frames:
                    break
            else:
                result.code = "OK"
        except grpc.RpcError as error:
            result.code, result.details = error.code().name, error.details()
        finally:
            call.cancel()
    result.seconds = time.monotonic() - began
    return result
