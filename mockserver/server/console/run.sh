#!/bin/sh
# Builds the page, or tests it. Without Node 20, npm, its registry or Chromium it says so and leaves the rest out.
#
#   run.sh build     into dist/
#   run.sh check     into a temporary folder; fails if dist/ has other bytes
#   run.sh test      the tests of e2e/ with Chromium; AWALMOCK names the program, SCREENSHOTS a folder for pictures
set -eu
cd "$(dirname "$0")"

left_out() {
	echo "console: $1; \"$task\" is left out"
	exit 0
}
task=$1
command -v npm >/dev/null || left_out "npm is not installed"
[ "$(node -p 'parseInt(process.versions.node)')" -ge 20 ] || left_out "Node is older than 20"
if ! npm ls --silent >/dev/null 2>&1; then
	npm ping --fetch-retries=0 --fetch-timeout=10000 >/dev/null 2>&1 || left_out "npm's registry does not answer"
	npm ci --silent --no-audit --no-fund --ignore-scripts
fi

case $task in
build)
	npm run --silent build -- --logLevel warn
	for file in index.html dist/*; do
		echo "$(gzip -9 -c "$file" | wc -c) bytes compressed: $file"
	done
	;;
check)
	made=$(mktemp -d)
	trap 'rm -rf "$made"' EXIT
	npm run --silent build -- --logLevel warn --outDir "$made" --emptyOutDir
	diff -rq "$made" dist || { echo "console: dist/ is not what its sources make; run make console" >&2; exit 1; }
	;;
test)
	chromium=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}
	[ -n "$chromium" ] || left_out "Chromium is not installed"
	CHROMIUM=$chromium exec node --test-reporter=spec e2e/main.mjs
	;;
*)
	echo "console: there is no task $task" >&2
	exit 2
	;;
esac
