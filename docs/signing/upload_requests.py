# python3 upload_requests.py TARGET FILE MEDIA_TYPE [NAME=VALUE...] signs an upload to the Awal API and sends it, with requests.
import hashlib, hmac, os, sys, time

import requests

secret, base_url = os.getenv("AWAL_SECRET", ""), os.getenv("AWAL_BASE_URL", "")
if not secret or not base_url or len(sys.argv) < 4:
    sys.exit("usage: AWAL_SECRET=... AWAL_BASE_URL=... python3 upload_requests.py TARGET FILE MEDIA_TYPE [NAME=VALUE...]")
target, path, media_type, *fields = sys.argv[1:]

files = {"file": (os.path.basename(path), open(path, "rb"), media_type)}
ready = requests.Request("POST", base_url + target, data=dict(f.split("=", 1) for f in fields), files=files).prepare()  # draws the boundary
timestamp = str(int(time.time()))
text = f"POST{target}{timestamp}".encode() + ready.body  # the bytes that are sent
signature = "sha256=" + hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()
ready.headers.update({
    "Accept": "application/json", "X-Awal-Signature-256": signature, "X-Timestamp": timestamp,
    "X-Domain": os.getenv("AWAL_DOMAIN", ""), "X-Client-ID": os.getenv("AWAL_CLIENT_ID", ""),
})
response = requests.Session().send(ready)
print(signature, response.status_code, response.text, sep="\n")
