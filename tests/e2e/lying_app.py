"""Stands between an engine and its application, and changes the app hash of the blocks that hold entries.

usage: lying_app.py APPLICATION_SOCKET OWN_SOCKET

Both sides speak frames: a length as varint, then a protobuf message; FinalizeBlock's answer is field 21 of
Response and ends with its app hash (docs/formats/abci.md).
"""

import asyncio
import os
import sys

FINALIZE_BLOCK = (21 << 3) | 2
HASH_SIZE = 32


async def read_varint(reader):
    number = shift = 0
    while True:
        byte = (await reader.readexactly(1))[0]
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return number


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


async def pass_on(reader, writer, change):
    try:
        while True:
            frame = await reader.readexactly(await read_varint(reader))
            frame = change(frame)
            writer.write(varint(len(frame)) + frame)
            await writer.drain()
    except (asyncio.IncompleteReadError, OSError):
        writer.close()


def lie(frame):
    if not frame.startswith(varint(FINALIZE_BLOCK)) or frame[-HASH_SIZE - 2:-HASH_SIZE] != b"\x2a\x20":
        return frame
    return frame[:-1] + bytes([frame[-1] ^ 1])


async def main(application, own):
    async def serve(reader, writer):
        there, back = await asyncio.open_unix_connection(application)
        await asyncio.gather(pass_on(reader, back, lambda frame: frame), pass_on(there, writer, lie))

    if os.path.exists(own):
        os.unlink(own)
    server = await asyncio.start_unix_server(serve, own)
    print("listening", flush=True)
    await server.serve_forever()


asyncio.run(main(sys.argv[1], sys.argv[2]))
