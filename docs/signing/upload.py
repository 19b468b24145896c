# python3 upload.py TARGET FILE MEDIA_TYPE [NAME=VALUE...] signs an upload to the Awal API and sends it, with urllib.
import hashlib, hmac, os, sys, time, uuid
from urllib import error, request

secret, base_url = os.getenv("AWAL_SECRET", ""), os.getenv("AWAL_BASE_URL", "")
if not secret or not base_url or len(sys.argv) < 4:
    sys.exit("usage: AWAL_SECRET=... AWAL_BASE_URL=... python3 upload.py TARGET FILE MEDIA_TYPE [NAME=VALUE...]")
target, path, media_type, *fields = sys.argv[1:]

boundary, body = uuid.uuid4().hex, b""
for name, value in (field.split("=", 1) for field in fields):
    body += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
body += (f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{os.path.basename(path)}"\r\n'
         f"Content-Type: {media_type}\r\n\r\n").encode() + open(path, "rb").read() + f"\r\n--{boundary}--\r\n".encode()

timestamp = str(int(time.time()))
signature = "sha256=" + hmac.new(secret.encode(), f"POST{target}{timestamp}".encode() + body, hashlib.sha256).hexdigest()
headers = {
    "Accept": "application/json", "Content-Type": f"multipart/form-data; boundary={boundary}",
    "X-Awal-Signature-256": signature, "X-Timestamp": timestamp,
    "X-Domain": os.getenv("AWAL_DOMAIN", ""), "X-Client-ID": os.getenv("AWAL_CLIENT_ID", ""),
}
try:
    response = request.urlopen(request.Request(base_url + target, body, headers, method="POST"))
except error.HTTPError as refused:  # an answer of 400 or above is an answer, too
    response = refused
print(signature, response.status, response.read().decode(), sep="\n")
