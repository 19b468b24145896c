#!/bin/sh
# Makes a client with each generator that docs/clients/README.md lists as checked, compiles the TypeScript ones together, and has Prism
# answer every read. All goes to a temporary folder. Needs node 20 or later, curl, and a network for the packages.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
document=$(cd "$(dirname "$0")/../.." && pwd)/openapi.yaml
work=$(mktemp -d)
running=
stop() {
	[ -z "$running" ] || kill $running 2>/dev/null || true
	rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' INT TERM
cd "$work"

npm init --yes >/dev/null
npm install --silent --no-audit --no-fund typescript@5.9.3 @types/node@20.19.43 axios@1.21.1 openapi-typescript@7.13.0 \
	@hey-api/openapi-ts@0.95.0 swagger-typescript-api@13.13.0 orval@7.13.2 oazapfts@7.5.0 @stoplight/prism-cli@5
npx openapi-typescript "$document" --output types/api.d.ts
npx openapi-ts --input "$document" --output hey
npx swagger-typescript-api generate --path "$document" --output sta --name api.ts
npx orval --input "$document" --output orval/api.ts --client fetch
npx oazapfts "$document" oazapfts.ts
npx tsc --noEmit --strict --skipLibCheck --target ES2022 --module ESNext --moduleResolution bundler --lib ES2023,DOM,DOM.Iterable \
	types/api.d.ts hey/index.ts sta/api.ts orval/api.ts oazapfts.ts
grep -q 'preview_url?: boolean' types/api.d.ts
echo "generators: five TypeScript clients compile"

port=${PRISM_PORT:-4019}
node node_modules/@stoplight/prism-cli/dist/index.js mock --dynamic --port "$port" "$document" >prism.log 2>&1 &
running="$running $!"
for read in '/conversations?phone_number_id=1' '/conversations/1?phone_number_id=1' '/fetch-message-status-app?phone_number_id=1' \
	/waba-numbers /templates /templates/1; do
	curl -fsS --retry 60 --retry-connrefused --retry-delay 1 --output /dev/null -H 'X-Awal-Signature-256: a' -H 'X-Timestamp: 1' \
		-H 'X-Domain: a' -H 'X-Client-ID: a' "http://127.0.0.1:$port$read"
done
echo "prism: answers every read"

node "$here/planted.mjs" $((port + 1)) &
running="$running $!"
node node_modules/@stoplight/prism-cli/dist/index.js proxy --errors --port $((port + 2)) "$document" "http://127.0.0.1:$((port + 1))" >proxy.log 2>&1 &
running="$running $!"
list() {
	curl -sS --retry 60 --retry-connrefused --retry-delay 1 -H 'X-Awal-Signature-256: a' -H 'X-Timestamp: 1' -H 'X-Domain: a' -H 'X-Client-ID: a' \
		"$@" "http://127.0.0.1:$((port + 2))/conversations?phone_number_id=1"
}
list -H 'X-Good: 1' | grep -q '"status":true' || { echo "prism refuses an answer that is right" >&2; exit 1; }
list | grep -q 'data.0.id must be integer' || { echo "prism does not find an id that is wrong" >&2; exit 1; }
echo "prism: finds a wrong id in an answer"
