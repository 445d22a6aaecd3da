"""The committed stubs of the stream are what protoc makes of our .proto."""

from pathlib import Path

import pytest
from grpc_tools import protoc

ROOT = Path(__file__).resolve().parents[2]
PROTO = ROOT / "proto" / "pandadatastream.proto"
COPIES = (ROOT / "libraries" / "focus_engine" / "streams", ROOT / "sandbox" / "streams")


@pytest.mark.parametrize("folder", COPIES, ids=lambda folder: folder.parent.name)
def test_stub_is_up_to_date(folder: Path, tmp_path: Path) -> None:
    options = ["protoc", f"-I{PROTO.parent}", f"--python_out={tmp_path}", str(PROTO)]
    assert protoc.main(options) == 0
    made = (tmp_path / "pandadatastream_pb2.py").read_text(encoding="utf-8")
    committed = (folder / "pandadatastream_pb2.py").read_text(encoding="utf-8")
    assert committed == made, f"regenerate: the command is at the top of {PROTO.name}"
