#!/bin/sh
# Makes the collections for Postman and Bruno, and sends each of their requests with newman and Bruno's own program, to a mock of this checkout.
#
#   docs/clients/collections.sh
#
# Everything is written to a temporary folder. Needs go, node 20 or later, npm, and a network for their packages.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
mock=
stop() {
	[ -z "$mock" ] || kill "$mock" 2>/dev/null || true
	rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' INT TERM

(cd "$root" && go build -o "$work/awalmock" ./mockserver)
mkdir "$work/tools"
(cd "$work/tools" && npm init --yes >/dev/null && npm install --silent --no-audit --no-fund --ignore-scripts newman@6.2.2 @usebruno/cli@4.1.0)

# fresh starts a mock and makes the collections for it.
fresh() {
	[ -z "$mock" ] || { kill "$mock"; wait "$mock" || true; }
	rm -rf "$work/addr" "$work/collections"
	"$work/awalmock" --addr 127.0.0.1:0 --addr-file "$work/addr" --signed-upload=either --quiet >/dev/null &
	mock=$!
	tries=0
	until [ -s "$work/addr" ]; do
		tries=$((tries + 1))
		[ "$tries" -lt 300 ] || { echo "collections.sh: the mock did not start" >&2; exit 1; }
		sleep 0.1
	done
	base=$(cat "$work/addr")
	node "$here/collections.mjs" "${base%/api/developer}" "$work/collections"
}

fresh
"$work/tools/node_modules/.bin/newman" run "$work/collections/awalmock.postman_collection.json" --color off
fresh
(cd "$work/collections/bruno" && "$work/tools/node_modules/.bin/bru" run) 2>&1 | tee "$work/bruno.log"
if grep -q "Skipping invalid file" "$work/bruno.log" || ! grep -q "PASS" "$work/bruno.log"; then
	echo "collections.sh: a request of the collection for Bruno cannot be read, or failed" >&2
	exit 1
fi
