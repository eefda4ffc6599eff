"""Run by ``python3 -m unittest``; with Salt itself by ``test/returner.it.ts``."""

import http.server
import importlib.util
import json
import os
import tempfile
import threading
import unittest

PATH = os.path.join(os.path.dirname(__file__), "..", "returners", "hawser_storage.py")


def load(**settings):
    spec = importlib.util.spec_from_file_location("hawser_storage", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.__opts__ = {"hawser_storage." + name: value for name, value in settings.items()}
    return module


def result(**fields):
    data = {
        "jid": "20261128105915030810",
        "id": "web1",
        "fun": "cmd.run_all",
        "fun_args": [{"stdin": "what was sent"}],
        "success": True,
        "retcode": 0,
        "return": {"pid": 1, "retcode": 0, "stdout": "what was said", "stderr": ""},
    }
    data.update(fields)
    return {"tag": "salt/job/x/ret/web1", "data": data}


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = os.path.join(self.folder.name, "jobs", "20261128105915030810", "web1.json")

    def files(self):
        return [name for _, _, names in os.walk(self.folder.name) for name in names]

    def test_a_result_is_one_file_without_what_was_sent_and_said(self):
        load(directory=self.folder.name).event_return([result()])
        with open(self.path, encoding="utf-8") as file:
            text = file.read()
        self.assertEqual(json.loads(text)["bytes"], len("what was said"))
        self.assertTrue(json.loads(text)["success"])
        self.assertNotIn("what was", text)
        self.assertEqual(self.files(), ["web1.json"])

    def test_output_is_kept_when_it_is_asked_for(self):
        load(directory=self.folder.name, output=True).event_return([result()])
        with open(self.path, encoding="utf-8") as file:
            self.assertEqual(json.load(file)["output"], "what was said")

    def test_a_name_that_leaves_the_folder_writes_nothing_and_holds_up_no_other(self):
        module = load(directory=self.folder.name)
        with self.assertLogs(level="ERROR"):
            module.event_return([result(id="../../etc/cron.d/x"), result(jid="../1"), result()])
        self.assertEqual(self.files(), ["web1.json"])

    def test_events_that_are_no_result_are_passed_over(self):
        load(directory=self.folder.name).event_return([{"tag": "salt/auth", "data": {"id": "web1"}}, {"data": None}])
        self.assertEqual(self.files(), [])


class Bucket(unittest.TestCase):
    """A server that keeps what it is sent."""

    def setUp(self):
        self.got = []
        self.status = [200]
        case = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_PUT(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                case.got.append((self.path, dict(self.headers), body))
                self.send_response(case.status.pop(0) if len(case.status) > 1 else case.status[0])
                self.send_header("Location", "http://127.0.0.1:9/elsewhere")
                self.end_headers()

            def log_message(self, *_arguments):
                pass

        self.server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        key = tempfile.NamedTemporaryFile("w", delete=False)
        key.write("5ecret-key\n")
        key.close()
        self.addCleanup(os.unlink, key.name)
        self.module = load(
            endpoint="http://127.0.0.1:{}".format(self.server.server_port),
            bucket="salt",
            access_key="hawser",
            secret_key_file=key.name,
        )

    def test_a_result_is_one_signed_object_and_the_secret_is_nowhere(self):
        self.module.event_return([result()])
        [(path, headers, body)] = self.got
        self.assertEqual(path, "/salt/jobs/20261128105915030810/web1.json")
        self.assertIn("Credential=hawser/", headers["Authorization"])
        self.assertNotIn("5ecret", str(headers) + body.decode())

    def test_what_passes_is_tried_again(self):
        self.status = [503, 200]
        self.module.event_return([result()])
        self.assertEqual(len(self.got), 2)

    def test_a_refusal_and_a_redirect_are_logged_once_without_the_secret(self):
        for status in (403, 307):
            self.got.clear()
            self.status = [status]
            with self.assertLogs(level="ERROR") as logged:
                self.module.event_return([result()])
            self.assertEqual(len(self.got), 1)
            self.assertNotIn("5ecret", "".join(logged.output))


if __name__ == "__main__":
    unittest.main()
