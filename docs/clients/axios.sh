#!/bin/sh
# Sends the upload of docs/signing with axios to a mock server built from this checkout: with the right secret it is accepted,
# with another one refused.
#
# axios goes to a temporary folder. Needs go, node 20 or later, npm, and a network for its package.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
mock=
stop() {
	if [ -n "$mock" ]; then
		kill "$mock" 2>/dev/null && wait "$mock" 2>/dev/null || true
	fi
	rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' INT TERM

(cd "$root" && go build -o "$work/mockserver" ./mockserver)
"$work/mockserver" --addr 127.0.0.1:0 --addr-file "$work/addr" --quiet >"$work/mock.log" 2>&1 &
mock=$!
tries=0
until [ -s "$work/addr" ]; do
	tries=$((tries + 1))
	if ! kill -0 "$mock" 2>/dev/null || [ "$tries" -gt 200 ]; then
		echo "axios.sh: the mock server did not start:" >&2
		cat "$work/mock.log" >&2
		exit 1
	fi
	sleep 0.05
done

cp "$root"/docs/signing/*.mjs "$work/"
cd "$work"
npm install --silent --no-save axios@1
printf '%s' "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==" | base64 -d >menu.png

# upload SECRET STATUS sends the picture and compares the status of the answer.
upload() {
	out=$(AWAL_HTTP=axios AWAL_BASE_URL=$(cat addr) AWAL_SECRET=$1 AWAL_DOMAIN=your-workspace AWAL_CLIENT_ID=your-client-id \
		node upload.mjs "/w/message/media?phone_number_id=123456" menu.png image/png phone=966500000902 type=image "caption=القائمة")
	got=$(printf '%s\n' "$out" | sed -n 2p)
	if [ "$got" != "$2" ]; then
		printf 'axios.sh: the upload was answered %s, want %s:\n%s\n' "$got" "$2" "$out" >&2
		exit 1
	fi
}
upload your-hmac-secret 200
upload another 401
echo "axios: an upload is accepted with the right secret, and refused with another one"
