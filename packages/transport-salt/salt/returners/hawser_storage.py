"""
Lands job results of Hawser in central storage. Runs on the Salt master, which alone holds credentials: minions write
nothing to storage.

As the master's own job cache beside the usual one (``event_return``)::

    # /etc/salt/master
    extension_modules: /srv/salt/ext        # this file is /srv/salt/ext/returners/hawser_storage.py
    event_return: hawser_storage
    event_return_whitelist: ['salt/job/*/ret/*']
    hawser_storage.bucket: acme-salt
    hawser_storage.endpoint: https://minio.dc:9000     # or https://s3.eu-central-1.amazonaws.com
    hawser_storage.region: eu-central-1                # default us-east-1
    hawser_storage.prefix: jobs                        # default jobs
    hawser_storage.access_key: ...
    hawser_storage.secret_key_file: /etc/salt/hawser.key
    # or, instead of a bucket, a folder:
    # hawser_storage.directory: /srv/releases

One object for each job and minion: ``<prefix>/<jid>/<minion>.json``. What was sent to the minion (``fun_args``) is never
written, and of what the minion returned only how it ended and how long its output was, unless
``hawser_storage.output: True``.
"""

import datetime
import hashlib
import hmac
import json
import logging
import os
import re
import ssl
import tempfile
import urllib.error
import urllib.parse
import urllib.request

log = logging.getLogger(__name__)

__virtualname__ = "hawser_storage"

# Set by Salt's loader; a module that is loaded by itself has none.
__opts__ = {}

_JOB = re.compile(r"\A[0-9]{1,30}(_[0-9]{1,10})?\Z")
_MINION = re.compile(r"\A[A-Za-z0-9][A-Za-z0-9._-]{0,127}\Z")
_TIMEOUT_SECONDS = 10
_ATTEMPTS = 3
_OUTPUT_BYTES = 1 << 20


def __virtual__():
    return __virtualname__


def event_return(events):
    """Called by the master with the events of its bus; a result that cannot be kept is logged and holds up nothing."""
    for event in events:
        try:
            record = _record(event)
            if record is not None:
                _store(*record)
        except Exception as error:  # pylint: disable=broad-except
            log.error("hawser_storage: a result was not kept: %s", type(error).__name__ + ": " + str(error))


def returner(ret):
    """As ``ext_job_cache`` of the master: one result."""
    event_return([{"tag": "salt/job/{}/ret/{}".format(ret.get("jid"), ret.get("id")), "data": ret}])


def save_load(jid, load, minions=None):
    """What was published is not kept: it may name what is nobody else's business."""


def save_minions(jid, minions, syndic_id=None):
    """Who was asked is found by the objects of the job."""


def get_load(jid):
    return {}


def _setting(name, default=None):
    return __opts__.get("hawser_storage." + name, default)


def _record(event):
    """The key and the text of a result, or None when the event is none of a job."""
    data = event.get("data") if isinstance(event, dict) else None
    if not isinstance(data, dict):
        return None
    jid, minion = data.get("jid"), data.get("id")
    if "return" not in data or not isinstance(jid, str) or not isinstance(minion, str):
        return None
    # Both become parts of a path.
    if not _JOB.match(jid) or not _MINION.match(minion):
        raise ValueError("a job or a minion with a name that is none")
    return "{}/{}/{}.json".format(_setting("prefix", "jobs").strip("/"), jid, minion), _text(jid, minion, data)


def _text(jid, minion, data):
    kept = {
        "jid": jid,
        "minion": minion,
        "function": str(data.get("fun", ""))[:200],
        "success": data.get("success") is True,
        "retcode": data.get("retcode") if isinstance(data.get("retcode"), int) else None,
        "stamp": str(data.get("_stamp", ""))[:40],
    }
    value = data["return"]
    output = value.get("stdout") if isinstance(value, dict) else value
    said = output if isinstance(output, str) else json.dumps(output, default=str)
    kept["bytes"] = len(said.encode("utf-8", "replace"))
    if _setting("output", False) is True:
        kept["output"] = said[:_OUTPUT_BYTES]
    return json.dumps(kept, sort_keys=True).encode("utf-8") + b"\n"


def _store(key, text):
    directory = _setting("directory")
    if directory:
        _write(directory, key, text)
    else:
        _put(key, text)


def _write(directory, key, text):
    """The file appears whole or not at all."""
    path = os.path.join(directory, key)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    descriptor, part = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".part-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(part, 0o644)
        os.rename(part, path)
    except BaseException:
        os.unlink(part)
        raise


def _secret_key():
    with open(_setting("secret_key_file"), encoding="utf-8") as file:
        return file.read().strip()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry what is written to another place."""

    def redirect_request(self, *_arguments):
        return None


def _opener():
    context = ssl.create_default_context(cafile=_setting("ca"))
    return urllib.request.build_opener(urllib.request.HTTPSHandler(context=context), _NoRedirect())


def _put(key, text):
    """Signed by hand, so that the master needs no package for it."""
    endpoint = urllib.parse.urlsplit(_setting("endpoint"))
    path = "/".join(["", _setting("bucket"), key])
    url = "{}://{}{}".format(endpoint.scheme, endpoint.netloc, urllib.parse.quote(path))
    failure = None
    for _ in range(_ATTEMPTS):
        now = datetime.datetime.now(datetime.timezone.utc)
        headers = sign("PUT", endpoint.netloc, path, text, now, _setting("region", "us-east-1"),
                       _setting("access_key"), _secret_key())
        request = urllib.request.Request(url, data=text, headers=headers, method="PUT")
        try:
            with _opener().open(request, timeout=_TIMEOUT_SECONDS):
                return
        except urllib.error.HTTPError as error:
            failure = "storage answered {}".format(error.code)
            if error.code < 500:
                break
        except (urllib.error.URLError, OSError) as error:
            failure = "storage does not answer: {}".format(getattr(error, "reason", error))
    raise OSError(failure)


def sign(method, host, path, body, now, region, access_key, secret_key):
    """The headers of a request to S3 or MinIO, by AWS Signature Version 4."""
    stamp, day = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
    digest = hashlib.sha256(body).hexdigest()
    signed = "host;x-amz-content-sha256;x-amz-date"
    canonical = "\n".join([
        method,
        urllib.parse.quote(path),
        "",
        "host:" + host,
        "x-amz-content-sha256:" + digest,
        "x-amz-date:" + stamp,
        "",
        signed,
        digest,
    ])
    scope = "{}/{}/s3/aws4_request".format(day, region)
    to_sign = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("AWS4" + secret_key).encode()
    for part in (day, region, "s3", "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    return {
        "x-amz-content-sha256": digest,
        "x-amz-date": stamp,
        "Authorization": "AWS4-HMAC-SHA256 Credential={}/{}, SignedHeaders={}, Signature={}".format(
            access_key, scope, signed, signature
        ),
    }
