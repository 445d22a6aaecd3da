"""The gRPC streams of a job: reading them, and judging what they delivered.

`pandadatastream_pb2` is generated from `proto/pandadatastream.proto`, whose comments say what each
field means and how sure that is.
"""
