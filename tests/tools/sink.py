# SPDX-License-Identifier: Apache-2.0
"""sink.py FOLDER CERTIFICATE KEY STATUS: an https server on loopback that keeps what it is sent.

Writes its port to FOLDER/port, request number N to FOLDER/N.json (method, path, headers) and FOLDER/N.body, and answers
all of them with STATUS; a redirect points to /elsewhere."""
import http.server
import json
import pathlib
import ssl
import sys

folder, certificate, key, status = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])


class Sink(http.server.BaseHTTPRequestHandler):
    seen = 0

    def take(self):
        Sink.seen += 1
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        (folder / f"{Sink.seen}.body").write_bytes(body)
        told = {"method": self.command, "path": self.path, "headers": {k.lower(): v for k, v in self.headers.items()}}
        (folder / f"{Sink.seen}.json").write_text(json.dumps(told), encoding="utf-8")
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST = do_PUT = do_HEAD = take

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Sink)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
server.socket = context.wrap_socket(server.socket, server_side=True)
(folder / "port.new").write_text(str(server.server_port), encoding="utf-8")
(folder / "port.new").rename(folder / "port")
server.serve_forever()
