# python3 verify.py TARGET SIGNATURE TIMESTAMP < BODY says whether a webhook comes from Awal.
import hashlib, hmac, os, sys, time


def verify(secret, target, signatures, timestamp, body):
    """True if one of the signatures is right and the timestamp is at most five minutes off. body is the bytes that came."""
    if not (timestamp.isascii() and timestamp.isdigit()) or abs(time.time() - int(timestamp)) > 300:
        return False
    text = ("POST" + target + timestamp).encode() + body
    right = "sha256=" + hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()
    return any([hmac.compare_digest(s.strip().encode(), right.encode()) for s in signatures.split(",")])


secret = os.getenv("AWAL_SECRET", "")
if not secret or len(sys.argv) != 4:
    sys.exit("usage: AWAL_SECRET=... python3 verify.py TARGET SIGNATURE TIMESTAMP < BODY")
ok = verify(secret, *sys.argv[1:], sys.stdin.buffer.read())
print("accepted" if ok else "refused")
sys.exit(0 if ok else 1)
