# SPDX-License-Identifier: Apache-2.0
"""mail_sink.py FOLDER CERTIFICATE KEY MODE: a mail server on loopback that keeps what it is told.

MODE: starttls, smtps, plain (offers no TLS), refuse (takes no recipient). Writes its port to FOLDER/port, mail number N to
FOLDER/N.mail, and every line of a client to FOLDER/lines, each after the word "clear" or "tls"."""
import pathlib
import socketserver
import ssl
import sys

folder, certificate, key, mode = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)


class Sink(socketserver.BaseRequestHandler):
    mails = 0

    def handle(self):
        self.tls = mode == "smtps"
        if self.tls:
            self.request = context.wrap_socket(self.request, server_side=True)
        self.file = self.request.makefile("rb")
        self.say("220 sink")
        while line := self.line():
            word = line.split(" ")[0].upper()
            if word == "EHLO":
                offers = ["250-sink"]
                if mode in ("starttls", "refuse") and not self.tls:
                    offers.append("250-STARTTLS")
                offers += ["250-AUTH PLAIN", "250 SIZE 1000000"]
                self.say("\r\n".join(offers))
            elif word == "STARTTLS":
                self.say("220 go on")
                self.request = context.wrap_socket(self.request, server_side=True)
                self.file = self.request.makefile("rb")
                self.tls = True
            elif word == "AUTH":
                if line.count(" ") == 1:
                    self.say("334 ")
                    self.line()
                self.say("235 welcome")
            elif word == "RCPT" and mode == "refuse":
                self.say("550 nobody here by the name of canary-of-the-server")
            elif word == "DATA":
                self.say("354 go on")
                self.take()
                self.say("250 taken")
            elif word == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def say(self, text):
        self.request.sendall(text.encode() + b"\r\n")

    def line(self):
        line = self.file.readline().decode("utf-8", "replace").rstrip("\r\n")
        with open(folder / "lines", "a", encoding="utf-8") as file:
            file.write(f"{'tls' if self.tls else 'clear'} {line}\n")
        return line

    def take(self):
        Sink.mails += 1
        with open(folder / f"{Sink.mails}.mail", "wb") as file:
            while (line := self.file.readline()) not in (b".\r\n", b""):
                file.write(line[1:] if line.startswith(b"..") else line)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True


with Server(("127.0.0.1", 0), Sink) as server:
    (folder / "port.new").write_text(str(server.server_address[1]), encoding="utf-8")
    (folder / "port.new").rename(folder / "port")
    server.serve_forever()
