"""A reader without the guard: what it cannot do, the sandbox alone has stopped."""

import json
import socket

import ladybug

from knowledger.kernel.json import JsonObject


def serve(request: JsonObject, connection: socket.socket) -> None:
    database = ladybug.Database(str(request["path"]), read_only=True, max_db_size=1 << 30, buffer_pool_size=64 << 20)
    graph = ladybug.Connection(database)
    for line in connection.makefile("rb"):
        try:
            result = graph.execute(json.loads(line))
            assert not isinstance(result, list)
            said = str(result.get_all())
        except RuntimeError as error:
            said = f"refused: {error}"
        connection.sendall(json.dumps(said).encode() + b"\n")
