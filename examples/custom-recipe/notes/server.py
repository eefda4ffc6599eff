"""A page of notes: GET / answers with the release that runs and the notes of the database."""
import http.server
import json
import os
import sqlite3

RELEASE = os.path.basename(os.getcwd())


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        with sqlite3.connect("data/notes.db") as database:
            notes = [text for (text,) in database.execute("SELECT text FROM notes ORDER BY id")]
        body = json.dumps({"release": RELEASE, "notes": notes}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


with open("data/pid", "w", encoding="ascii") as pid:
    pid.write(str(os.getpid()))
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Page).serve_forever()
