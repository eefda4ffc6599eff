"""An FTP server for tests: python pyftpdlib-server.py PORT ROOT SECURE CERTIFICATE, the password in FTP_PASSWORD."""
import os
import sys

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler, TLS_FTPHandler
from pyftpdlib.servers import FTPServer

port, root, secure, certificate = sys.argv[1:]


class ImplicitHandler(TLS_FTPHandler):
    """TLS from the first byte."""

    def handle(self):
        self.secure_connection(self.ssl_context)
        super().handle()


authorizer = DummyAuthorizer()
authorizer.add_user("deploy", os.environ["FTP_PASSWORD"], root, perm="elr")
handler = {"false": FTPHandler, "true": TLS_FTPHandler, "implicit": ImplicitHandler}[secure]
handler.authorizer = authorizer
# Failed logins are answered at once, and many sessions come from one address.
handler.auth_failed_timeout = 0
if secure != "false":
    handler.certfile = certificate
    handler.tls_control_required = True
    handler.tls_data_required = True
server = FTPServer(("127.0.0.1", int(port)), handler)
server.max_cons_per_ip = 0
server.serve_forever()
