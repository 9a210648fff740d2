"""network_ports.py NETWORK_DIRECTORY: has each node listen on ports of its own behind those that the node
list names, and writes proxy.json for fault_proxy.py. The listed ports follow from the node's own, by the
steps of `network init`."""
import json
import pathlib
import re
import socket
import sys

MESSAGE_OFFSET, ENGINE_OFFSET = 100, 200


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


directory = pathlib.Path(sys.argv[1])
nodes: dict[str, list[list[int]]] = {}
for place in sorted(directory.glob("node-*")):
    file = place / "bulla.toml"
    text = file.read_text(encoding="utf-8")
    http = int(re.search(r'listen = "127\.0\.0\.1:(\d+)"', text).group(1))
    message, engine = free_port(), free_port()
    text = text.replace("[server]\n", f'[server]\nnode_listen = "127.0.0.1:{message}"\n'
                                      f'engine_listen = "127.0.0.1:{engine}"\n'
                                      'trusted_proxies = ["127.0.0.1"]\n', 1)
    file.write_text(text, encoding="utf-8")
    nodes[place.name[-1]] = [[http + MESSAGE_OFFSET, message], [http + ENGINE_OFFSET, engine]]
(directory / "proxy.json").write_text(json.dumps({"nodes": nodes}), encoding="utf-8")
