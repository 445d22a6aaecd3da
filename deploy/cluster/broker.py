"""As much of a RabbitMQ as a probe sees: it answers the AMQP header, and refuses every login."""

import asyncio

PORT = 5672
HEADER = b"AMQP\x00\x00\x09\x01"
LONGEST = 4096

# Method frame on channel 0: connection.start, version 0-9, no properties, PLAIN, en_US.
_ARGUMENTS = b"\x00\x09" + b"\x00\x00\x00\x00" + b"\x00\x00\x00\x05PLAIN" + b"\x00\x00\x00\x05en_US"
_PAYLOAD = b"\x00\x0a\x00\x0a" + _ARGUMENTS
START = b"\x01\x00\x00" + len(_PAYLOAD).to_bytes(4, "big") + _PAYLOAD + b"\xce"

# connection.close: 403, its text, no method.
_REFUSAL = b"\x00\x0a\x00\x32" + b"\x01\x93" + b"\x0eACCESS_REFUSED" + b"\x00\x00\x00\x00"
CLOSE = b"\x01\x00\x00" + len(_REFUSAL).to_bytes(4, "big") + _REFUSAL + b"\xce"


async def _greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        header = await reader.readexactly(len(HEADER))
        writer.write(START if header == HEADER else HEADER)
        await writer.drain()
        while header == HEADER and await reader.read(LONGEST):
            writer.write(CLOSE)
    except (OSError, asyncio.IncompleteReadError):
        pass  # the client is gone
    finally:
        writer.close()


async def _serve() -> None:
    server = await asyncio.start_server(_greet, "0.0.0.0", PORT)  # noqa: S104 - its own namespace
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())
