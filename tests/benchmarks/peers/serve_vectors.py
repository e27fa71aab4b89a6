"""refdesk's own MiniLM vectors on a port of this machine, in the form of OpenAI's interface.

Prints its address, then serves until it is ended.
"""

import base64
import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, os.environ["REFDESK_CHECKOUT"])

from index.models.embedder import Embedder

embedder = Embedder.open(Path(os.environ["REFDESK_TEST_MODELS"]))


class Handler(BaseHTTPRequestHandler):
    """Answers every POST with the vectors of its ``input``."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        texts = [asked["input"]] if isinstance(asked["input"], str) else asked["input"]
        packed = asked.get("encoding_format") == "base64"
        rows = [
            {
                "object": "embedding",
                "index": at,
                "embedding": (
                    base64.b64encode(vector.tobytes()).decode() if packed else vector.tolist()
                ),
            }
            for at, vector in enumerate(embedder.embed(texts))
        ]
        usage = {"prompt_tokens": 0, "total_tokens": 0}
        body = json.dumps(
            {"object": "list", "data": rows, "model": asked["model"], "usage": usage}
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(f"http://127.0.0.1:{server.server_address[1]}/v1", flush=True)
server.serve_forever()
