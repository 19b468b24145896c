# python3 sign.py METHOD TARGET [BODY] signs a request to the Awal API and, with AWAL_BASE_URL, sends it.
import hashlib, hmac, os, sys, time
from urllib import error, request

secret, base_url = os.getenv("AWAL_SECRET", ""), os.getenv("AWAL_BASE_URL")
timestamp = os.getenv("AWAL_TIMESTAMP") or str(int(time.time()))
if not secret or len(sys.argv) < 3:
    sys.exit("usage: AWAL_SECRET=... python3 sign.py METHOD TARGET [BODY]")
method, target, body = (sys.argv[1:] + [""])[:3]

text = method + target + timestamp + body
signature = "sha256=" + hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
print(signature)

if base_url:
    headers = {
        "Accept": "application/json",
        "Content-Type": "application/json",
        "X-Awal-Signature-256": signature,
        "X-Timestamp": timestamp,
        "X-Domain": os.getenv("AWAL_DOMAIN", ""),
        "X-Client-ID": os.getenv("AWAL_CLIENT_ID", ""),
    }
    try:
        response = request.urlopen(request.Request(base_url + target, body.encode() or None, headers, method=method))
    except error.HTTPError as refused:  # an answer of 400 or above is an answer, too
        response = refused
    print(response.status, response.read().decode(), sep="\n")
