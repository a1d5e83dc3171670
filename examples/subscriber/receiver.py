#!/usr/bin/env python3
"""A receiver of notices in one file: what an authority's system does to be told of every access to its children.

It subscribes, believes only what is signed by the exchange's published keys, tells each event once, fetches what it missed, and takes events
in the name of a person. Needs Python 3.9 and `cryptography` (Debian: python3-cryptography), because Python has no Ed25519 of its own.
See README.md.
"""

import argparse
import base64
import binascii
import collections
import json
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

TOPIC = "https://fhir.cpis.example/SubscriptionTopic/record-accessed"
REST = 10  # seconds between two fetches of keys: a flood of forged notices is not passed on to the exchange
TOLERANCE = 300  # seconds that a timestamp may be from our clock, either way
LARGEST_BODY = 5 * 1024 * 1024
PAGE = 100  # events in one answer of $events, and in one $acknowledge


def from_base64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def to_base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def named(parameters, name):
    """The parameters, or parts, of this name."""
    return [parameter for parameter in parameters if parameter.get("name") == name]


def value(parameters, name):
    """The value of the first of this name, whatever its type; None for none."""
    for parameter in named(parameters, name):
        return next((v for k, v in parameter.items() if k.startswith("value")), None)
    return None


class Exchange:
    """Asks the exchange, as the client of a file: `clientId` and the private `jwk` (ES384 or RS384)."""

    def __init__(self, root, client):
        self.root = root.rstrip("/")
        self.fhir = self.root + "/FHIR/R4"
        self.client = client
        self._token = None
        self._until = 0.0
        self._lock = threading.Lock()

    def get_json(self, url):
        with urllib.request.urlopen(url, timeout=30) as answer:
            return json.load(answer)

    def call(self, method, path, body=None):
        request = urllib.request.Request(f"{self.fhir}/{path}", method=method)
        request.add_header("Authorization", "Bearer " + self.token())
        request.add_header("Accept", "application/fhir+json")
        if body is not None:
            request.data = json.dumps(body).encode("utf-8")
            request.add_header("Content-Type", "application/fhir+json")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refused:  # the OperationOutcome says why
            said = refused.read().decode("utf-8", "replace")
            raise RuntimeError(f"{method} {path}: {refused.code}: {said}") from None

    def token(self):
        """A token by signed assertion (SMART Backend Services), kept until shortly before it expires."""
        with self._lock:
            if time.monotonic() >= self._until:
                endpoint = self.get_json(self.fhir + "/.well-known/smart-configuration")["token_endpoint"]
                form = urllib.parse.urlencode(
                    {
                        "grant_type": "client_credentials",
                        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                        "client_assertion": self._assertion(endpoint),
                    }
                )
                with urllib.request.urlopen(endpoint, form.encode("ascii"), timeout=30) as answer:
                    grant = json.load(answer)
                self._token = grant["access_token"]
                self._until = time.monotonic() + grant.get("expires_in", 60) - 20
            return self._token

    def _assertion(self, audience):
        jwk, now = self.client["jwk"], int(time.time())
        header = {"alg": jwk["alg"], "typ": "JWT", "kid": jwk["kid"]}
        claims = {
            "iss": self.client["clientId"],
            "sub": self.client["clientId"],
            "aud": audience,
            "iat": now,
            "exp": now + 240,
            "jti": str(uuid.uuid4()),
        }
        unsigned = ".".join(to_base64url(json.dumps(part).encode("utf-8")) for part in (header, claims))
        return unsigned + "." + to_base64url(self._sign(unsigned.encode("ascii")))

    def _sign(self, data):
        jwk = self.client["jwk"]
        number = lambda name: int.from_bytes(from_base64url(jwk[name]), "big")
        if jwk["alg"] == "ES384":
            public = ec.EllipticCurvePublicNumbers(number("x"), number("y"), ec.SECP384R1())
            key = ec.EllipticCurvePrivateNumbers(number("d"), public).private_key()
            r, s = decode_dss_signature(key.sign(data, ec.ECDSA(hashes.SHA384())))
            return r.to_bytes(48, "big") + s.to_bytes(48, "big")  # as JSON Web Signature wants it
        if jwk["alg"] == "RS384":
            key = rsa.RSAPrivateNumbers(
                p=number("p"),
                q=number("q"),
                d=number("d"),
                dmp1=number("dp"),
                dmq1=number("dq"),
                iqmp=number("qi"),
                public_numbers=rsa.RSAPublicNumbers(number("e"), number("n")),
            ).private_key()
            return key.sign(data, padding.PKCS1v15(), hashes.SHA384())
        raise SystemExit(f"The key's alg must be ES384 or RS384. It is: {jwk['alg']}")


class Receiver:
    """Takes what comes. A real one keeps `seen` and `last` in its database, in one commit with what it was told."""

    def __init__(self, exchange, person):
        self.exchange = exchange
        self.person = person
        self.keys = []
        self.fetched = float("-inf")
        self.seen = collections.OrderedDict()  # webhook-ids that were taken
        self.last = {}  # the highest event number that was told, by Subscription
        self.lock = threading.Lock()

    def is_signed(self, headers, body):
        """Standard Webhooks, v1a: Ed25519 over "id.timestamp.body". During a key rotation there are several signatures; one suffices."""
        identity, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
        if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
            return False
        if not identity or abs(time.time() - int(timestamp)) > TOLERANCE:
            return False
        content = f"{identity}.{timestamp}.".encode("utf-8") + body
        for each in headers.get("webhook-signature", "").split(" "):
            if not each.startswith("v1a,"):
                continue
            for key in self.keys:
                try:
                    key.verify(base64.b64decode(each[4:], validate=True), content)
                    return True
                except (InvalidSignature, binascii.Error, ValueError):
                    pass
        return False

    def fetch_keys(self):
        if time.monotonic() - self.fetched < REST:
            return
        found = self.exchange.get_json(self.exchange.root + "/.well-known/webhook-keys.json")["keys"]
        self.keys = [Ed25519PublicKey.from_public_bytes(from_base64url(k["x"])) for k in found if k.get("crv") == "Ed25519"]
        self.fetched = time.monotonic()

    def receive(self, headers, body):
        """The HTTP status to answer, and what a person may then take: (Subscription, numbers)."""
        with self.lock:
            if not self.is_signed(headers, body):
                self.fetch_keys()  # the first notice, or a key rotation
                if not self.is_signed(headers, body):
                    return 400, None
            identity = headers["webhook-id"]
            if identity in self.seen:
                return 204, None
            parameters = json.loads(body)["entry"][0]["resource"]["parameter"]
            print(f"{value(parameters, 'type')}, signature verified")
            told = self.take(parameters)
            self.seen[identity] = True
            if len(self.seen) > 10_000:
                self.seen.popitem(last=False)
            return 204, told

    def take(self, parameters):
        subscription = value(parameters, "subscription")["reference"].split("/")[-1]
        events = named(parameters, "notification-event")
        last = self.last.get(subscription, 0)
        # Numbers have no gap: what is between the last that we know and this notice was missed.
        if events:
            known = min(int(value(event["part"], "event-number")) for event in events) - 1
        else:
            known = int(value(parameters, "events-since-subscription-start") or 0)
        if known > last:
            print(f"events {last + 1} to {known} were missed; fetching them")
            events = self.fetch(subscription, last + 1, known) + events
        numbers = []
        for event in events:
            number = int(value(event["part"], "event-number"))
            if number <= self.last.get(subscription, 0):
                continue  # told before
            self.tell(number, event["part"])
            self.last[subscription] = number
            numbers.append(number)
        return subscription, numbers

    def fetch(self, subscription, first, last):
        """What was missed, a page at a time. Reading settles nothing."""
        events = []
        while first <= last:
            query = f"eventsSinceNumber={first}&eventsUntilNumber={last}&content=id-only&_count={PAGE}"
            page = self.exchange.call("GET", f"Subscription/{subscription}/$events?{query}")
            found = named(page["entry"][0]["resource"]["parameter"], "notification-event")
            if not found:
                break
            events += found
            first = int(value(found[-1]["part"], "event-number")) + 1
        return events

    def tell(self, number, parts):
        print(f"event {number}")
        for part in named(parts, "focus") + named(parts, "additional-context"):
            # Only the id is taken from the notice: the token goes to the server that we know, and nowhere else.
            access = self.exchange.call("GET", "AuditEvent/" + part["valueReference"]["reference"].split("/")[-1])
            who = ", ".join(agent["name"] for agent in access["agent"] if "name" in agent)
            print(f"  AuditEvent/{access['id']}: {access['recorded']} by {who}")

    def acknowledge(self, subscription, numbers):
        """A person takes events. A real system does this when the person says so, not when the notice comes."""
        if not self.person:
            return
        for at in range(0, len(numbers), PAGE):
            body = [{"name": "number", "valueInteger": number} for number in numbers[at : at + PAGE]]
            body.append({"name": "person", "valueString": self.person})
            answer = self.exchange.call(
                "POST",
                f"Subscription/{subscription}/$acknowledge",
                {"resourceType": "Parameters", "parameter": body},
            )
            print(f"{value(answer['parameter'], 'taken')} taken by {self.person}")

    def subscribe(self, endpoint):
        """One Subscription for this endpoint, however often we start. To ask for "requested" again also ends a status of error."""
        wanted = {
            "resourceType": "Subscription",
            "status": "requested",
            "reason": "Tell our duty team",
            "criteria": TOPIC,
            "channel": {"type": "rest-hook", "endpoint": endpoint, "payload": "application/fhir+json"},
        }
        found = self.exchange.call("GET", "Subscription?url=" + urllib.parse.quote(endpoint, safe=""))
        if found.get("entry"):
            wanted["id"] = found["entry"][0]["resource"]["id"]
            self.exchange.call("PUT", f"Subscription/{wanted['id']}", wanted)
        else:
            self.exchange.call("POST", "Subscription", wanted)


def handler_of(receiver):
    class Handler(BaseHTTPRequestHandler):
        # 2xx says "we have it, do not send it again"; anything else brings the same notice back later. So it is said last.
        def do_POST(self):
            length = int(self.headers.get("Content-Length") or 0)
            if self.path != "/notify" or not 0 < length <= LARGEST_BODY:
                return self.answer(404 if self.path != "/notify" else 413)
            told = None
            try:
                status, told = receiver.receive(self.headers, self.rfile.read(length))
            except Exception as failure:  # we do not have it: it comes again
                print(failure, file=sys.stderr)
                status = 503
            self.answer(status)
            if told:
                try:
                    receiver.acknowledge(*told)
                except Exception as failure:  # it stays on the work-list
                    print(failure, file=sys.stderr)

        def answer(self, status):
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()
            self.wfile.flush()

        def log_message(self, *_):
            pass

    return Handler


def main():
    sys.stdout.reconfigure(line_buffering=True)
    here = Path(__file__).resolve().parent
    options = argparse.ArgumentParser(description="Receives notices of an exchange.")
    options.add_argument("--server", default="http://127.0.0.1:8080", help="root of the exchange")
    options.add_argument("--client", default=here / "../clients/authority-xhf01.json", help="client file")
    options.add_argument("--port", type=int, default=9100)
    options.add_argument("--person", help="takes each event in this name; without it nobody takes them")
    asked = options.parse_args()
    client = json.loads(Path(asked.client).read_text(encoding="utf-8"))
    receiver = Receiver(Exchange(asked.server, client), asked.person)
    server = ThreadingHTTPServer(("127.0.0.1", asked.port), handler_of(receiver))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    endpoint = f"http://127.0.0.1:{server.server_port}/notify"
    receiver.subscribe(endpoint)
    print(f"listening on {endpoint}")
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        server.shutdown()


if __name__ == "__main__":
    main()
