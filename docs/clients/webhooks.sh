#!/bin/sh
# Receives the webhooks of a mock built from this checkout with the official libraries of Standard Webhooks. Both receivers have to accept
# every event, and to refuse a changed body, another signature and an old timestamp.
#
#   docs/clients/webhooks.sh         in Go, through an interface generated from the document in OpenAPI 3.1, and in Node, checked against
#                                    types generated from it
#   docs/clients/webhooks.sh node    only in Node, without generating types: it takes a few seconds
#
# Everything generated goes to a temporary folder. Needs go, curl, node 20 or later, npm, and a network for their packages.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
receivers='go node'
case "$#${1:-}" in
0) ;;
1node) receivers=node ;;
*)
	echo "usage: $0 [node]" >&2
	exit 2
	;;
esac
work=$(mktemp -d)
running=
stop() {
	[ -z "$running" ] || kill $running 2>/dev/null || true
	rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' INT TERM

# until_true CHECK... waits for a minute at most until a command succeeds.
until_true() {
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		if [ "$tries" -gt 1200 ]; then
			echo "webhooks.sh: never true: $*" >&2
			tail -n 20 "$work"/*.log >&2
			exit 1
		fi
		sleep 0.05
	done
}

# counted LOG TEXT N: a log has N lines that begin with a text.
counted() { [ "$(grep -c "^$2" "$work/$1.log")" -ge "$3" ]; }

(cd "$root" && go build -o "$work/mockserver" ./mockserver)
"$work/mockserver" spec --openapi 3.1 >"$work/openapi-3.1.yaml"

prepare_go() {
	cp -R "$here/webhooks/go" "$work/go"
	cd "$work/go"
	mkdir awal
	go tool oapi-codegen -config oapi-codegen.yaml "$work/openapi-3.1.yaml"
	go vet ./...
	go build -o receiver .
}

prepare_node() {
	cp -R "$here/webhooks/node" "$work/node"
	cd "$work/node"
	if [ "$receivers" = node ]; then
		npm ci --silent --omit=dev
		return
	fi
	cp "$work/openapi-3.1.yaml" .
	npm ci --silent
	npm run --silent generate
	npm run --silent check
}

# The mock's default workspace has the secret your-hmac-secret.
AWAL_WEBHOOK_SECRET=whsec_$(printf 'your-hmac-secret' | base64)
export AWAL_WEBHOOK_SECRET
for receiver in $receivers; do
	("prepare_$receiver")
	case "$receiver" in
	go) "$work/go/receiver" >"$work/go.log" & ;;
	node) node "$work/node/receiver.mjs" >"$work/node.log" & ;;
	esac
	running="$running $!"
	until_true test -s "$work/$receiver.log"
done

"$work/mockserver" --addr 127.0.0.1:0 --addr-file "$work/addr" --quiet --auth=off --clock 2024-01-20T12:00:00Z --webhook-signature=both >"$work/mock.log" 2>&1 &
running="$running $!"
until_true test -s "$work/addr"
api=$(cat "$work/addr")
admin=${api%/api/developer}/__admin
ask() { curl -fsS --output /dev/null -H 'Content-Type: application/json' "$@"; }

# register TROUBLE registers the receivers, with trouble on purpose: a property and a comma, or nothing.
register() {
	list=
	for receiver in $receivers; do
		list="$list${list:+,}{$1\"url\":\"$(head -n 1 "$work/$receiver.log")\"}"
	done
	ask -X PUT "$admin/webhooks" -d "{\"endpoints\":[$list]}"
}

register ''
ask "$api/w/message/text?phone_number_id=123456" -d '{"phone":"966500000904","body":"Your order is ready"}'
ask "$admin/clock" -d '{"advance":"3s"}'
ask -X PATCH "$admin/conversations/1" -d '{"assignee":"sara"}'
for receiver in $receivers; do
	until_true counted "$receiver" 'accepted verification' 1
	until_true counted "$receiver" 'accepted conversation.created' 1
	until_true counted "$receiver" 'accepted message.status.updated' 3
	until_true counted "$receiver" 'accepted message.received' 1
	until_true counted "$receiver" 'accepted conversation.updated: 1 belongs to sara' 1
done

n=0
for trouble in body_changed badly_signed old_timestamp; do
	n=$((n + 1))
	register "\"$trouble\":true,"
	ask "$admin/webhooks/trigger" -d "{\"event\":\"message.received\",\"conversation_id\":$n}"
	for receiver in $receivers; do
		until_true counted "$receiver" 'refused' "$n"
	done
done
for receiver in $receivers; do
	if [ "$(grep -c '^accepted' "$work/$receiver.log")" != 7 ]; then
		echo "webhooks.sh: $receiver has accepted what it has to refuse:" >&2
		cat "$work/$receiver.log" >&2
		exit 1
	fi
	echo "$receiver receiver: it accepts every event and refuses a changed body, another signature and an old timestamp"
done
