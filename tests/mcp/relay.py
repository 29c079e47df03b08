"""Passes requests on to a graph's endpoint with the key that a client cannot be given, and else byte for byte."""

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def relayed(server: tuple[str, int], path: str, key: str) -> Iterator[str]:
    """The URL of a relay to `path` at `server`. Each connection takes one request."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            first = self.rfile.readline()
            if not first:
                return
            method, _, protocol = first.split()
            head, length = [b"%s %s %s\r\n" % (method, path.encode(), protocol)], 0
            while (line := self.rfile.readline()).strip():
                name, _, text = line.partition(b":")
                if name.lower() != b"connection":
                    head.append(line)
                if name.lower() == b"content-length":
                    length = int(text)
            head += [b"X-API-Key: %s\r\n" % key.encode(), b"Connection: close\r\n\r\n"]
            with socket.create_connection(server) as upstream:
                upstream.sendall(b"".join(head) + self.rfile.read(length))
                while piece := upstream.recv(1 << 16):
                    self.wfile.write(piece)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as listening:
        listening.daemon_threads = True
        threading.Thread(target=listening.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{listening.server_address[1]}/mcp"
        finally:
            listening.shutdown()
