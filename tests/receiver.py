"""A server on this machine that keeps what it is told."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

#: Where a server with status 307 sends its callers.
MOVED = "/moved"


class Web:
    """A server that keeps what is posted to it, as (where it was meant for, the body as JSON)."""

    def __init__(self, status: int = 200) -> None:
        self.status, self.posted = status, list[tuple[str, Any]]()
        web = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                web.posted.append((f"{self.headers.get('X-Meant-For', '')}{self.path}", body))
                self.send_response(200 if self.path == MOVED else web.status)
                if web.status == 307:
                    self.send_header("Location", MOVED)
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *_: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server.server_address[1]}"


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
