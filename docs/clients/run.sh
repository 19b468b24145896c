#!/bin/sh
# Generates a Go and a TypeScript client from openapi.yaml, compiles both, and uses every operation once.
#
#   docs/clients/run.sh              against a mock server built from this checkout, on a free port
#   docs/clients/run.sh BASE_URL     against a running server, with the credentials of AWAL_DOMAIN, AWAL_CLIENT_ID,
#                                    AWAL_HMAC_SECRET and AWAL_PHONE_NUMBER_ID (the mock's, if they are not set)
#
# Everything generated goes to a temporary folder. Needs go, node 20 or later, npm, and a network for their packages.
set -eu
if [ $# -gt 1 ]; then
	echo "usage: $0 [BASE_URL]" >&2
	exit 2
fi

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

# start_mock builds the mock, starts it on a free port and sets AWAL_BASE_URL.
start_mock() {
	(cd "$root" && go build -o "$work/mockserver" ./mockserver)
	"$work/mockserver" --addr 127.0.0.1:0 --addr-file "$work/addr" --quiet >"$work/mock.log" 2>&1 &
	mock=$!
	tries=0
	until [ -s "$work/addr" ]; do
		tries=$((tries + 1))
		if ! kill -0 "$mock" 2>/dev/null || [ "$tries" -gt 200 ]; then
			echo "run.sh: the mock server did not start:" >&2
			cat "$work/mock.log" >&2
			exit 1
		fi
		sleep 0.05
	done
	AWAL_BASE_URL=$(cat "$work/addr")
	unset AWAL_DOMAIN AWAL_CLIENT_ID AWAL_HMAC_SECRET AWAL_PHONE_NUMBER_ID # those of another server
}

generate_go() {
	cp -R "$here/go" "$work/go"
	cd "$work/go"
	mkdir awal
	go tool oapi-codegen -config oapi-codegen.yaml "$root/openapi.yaml"
	go vet ./...
	go build -o client .
}

generate_typescript() {
	cp -R "$here/typescript" "$work/typescript"
	cp "$root/openapi.yaml" "$work/typescript/"
	cd "$work/typescript"
	npm ci --silent
	npm run --silent generate
	npm run --silent build
}

(generate_go)
(generate_typescript)

if [ $# -eq 1 ]; then
	AWAL_BASE_URL=$1
else
	start_mock
fi
export AWAL_BASE_URL
export AWAL_DOMAIN="${AWAL_DOMAIN:-your-workspace}" AWAL_CLIENT_ID="${AWAL_CLIENT_ID:-your-client-id}"
export AWAL_HMAC_SECRET="${AWAL_HMAC_SECRET:-your-hmac-secret}" AWAL_PHONE_NUMBER_ID="${AWAL_PHONE_NUMBER_ID:-123456}"

"$work/go/client"
node "$work/typescript/build/main.js"
