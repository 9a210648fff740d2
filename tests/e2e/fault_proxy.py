"""A TCP proxy between the nodes of one machine's network, for partitions and slow links.

    fault_proxy.py NETWORK_DIRECTORY

Reads DIRECTORY/proxy.json: {"nodes": {"1": [[listed port, real port], ...], ...}}, listens on every listed
port and passes connections on to the real one. Who connects is told by the process that owns the other end,
whose command line names DIRECTORY/node-N/. DIRECTORY/links says who may talk to whom and is read again when
it changes:

    123 4          groups: nodes of different groups do not hear each other
    1234 delay 50  milliseconds that each piece waits, both ways

Connections that the present groups forbid are cut at once, without a word to either side beyond the reset.
"""
from __future__ import annotations

import asyncio
import json
import os
import pathlib
import re
import sys
from dataclasses import dataclass, field


@dataclass
class Links:
    groups: list[str] = field(default_factory=lambda: ["123456789"])
    delay: float = 0.0

    def allow(self, one: str, other: str) -> bool:
        return any(one in group and other in group for group in self.groups)


def parse_links(text: str) -> Links:
    words = text.split()
    links = Links(groups=[word for word in words if word.isdigit()])
    if "delay" in words:
        at = words.index("delay")
        links.groups = words[:at]
        links.delay = int(words[at + 1]) / 1000
    return links


def inode_of(local_port: int, remote_port: int) -> str | None:
    """The socket of the client's end: its local port is the one we see as remote."""
    for line in pathlib.Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
        parts = line.split()
        if int(parts[1].split(":")[1], 16) == local_port and int(parts[2].split(":")[1], 16) == remote_port:
            return parts[9]
    return None


class Owners:
    """Which node a process belongs to, by its command line."""

    def __init__(self, directory: pathlib.Path) -> None:
        self.pattern = re.compile(re.escape(str(directory)) + r"/node-(\d)/")

    def node_of_inode(self, inode: str) -> str | None:
        wanted = f"socket:[{inode}]"
        for process in pathlib.Path("/proc").iterdir():
            if not process.name.isdigit():
                continue
            try:
                command = (process / "cmdline").read_bytes().decode(errors="replace")
                found = self.pattern.search(command)
                if found and any(os.readlink(link) == wanted for link in (process / "fd").iterdir()):
                    return found.group(1)
            except OSError:
                continue  # it has ended meanwhile
        return None


@dataclass(eq=False)
class Connection:
    source: str
    target: str
    near: asyncio.StreamWriter
    far: asyncio.StreamWriter

    def cut(self) -> None:
        for writer in (self.near, self.far):
            writer.transport.abort()


class Proxy:
    def __init__(self, directory: pathlib.Path) -> None:
        self.directory = directory
        self.owners = Owners(directory)
        self.links = Links()
        self.connections: set[Connection] = set()

    async def run(self) -> None:
        ports = json.loads((self.directory / "proxy.json").read_text(encoding="utf-8"))["nodes"]
        for node, pairs in ports.items():
            for listed, real in pairs:
                await asyncio.start_server(self.accepter(node, listed, real), "127.0.0.1", listed)
        print("listening", flush=True)
        await self.follow_links()

    async def follow_links(self) -> None:
        file = self.directory / "links"
        seen = ""
        while True:
            text = file.read_text(encoding="utf-8") if file.exists() else ""
            if text != seen:
                seen = text
                self.links = parse_links(text)
                for connection in list(self.connections):
                    if not self.links.allow(connection.source, connection.target):
                        connection.cut()
                print("links", text.strip(), flush=True)
            await asyncio.sleep(0.05)

    def accepter(self, node: str, listed: int, real: int):
        async def accept(reader: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
            remote = near.get_extra_info("peername")[1]
            inode = inode_of(remote, listed)
            source = self.owners.node_of_inode(inode) if inode else None
            if source is None or not self.links.allow(source, node):
                near.transport.abort()
                return
            try:
                far_reader, far = await asyncio.open_connection("127.0.0.1", real)
            except OSError:
                near.transport.abort()
                return
            connection = Connection(source, node, near, far)
            # The links may have changed while it was opened.
            if not self.links.allow(source, node):
                connection.cut()
                return
            self.connections.add(connection)
            await asyncio.gather(self.copy(reader, far), self.copy(far_reader, near), return_exceptions=True)
            connection.cut()
            self.connections.discard(connection)

        return accept

    async def copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(65536):
            if self.links.delay:
                await asyncio.sleep(self.links.delay)
            writer.write(piece)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()


if __name__ == "__main__":
    asyncio.run(Proxy(pathlib.Path(sys.argv[1]).resolve()).run())
