#!/bin/sh
# Packs the npm packages for this platform, installs them from the packed files into an empty project, and uses them there: the tests of the
# helper and the examples of docs/examples/node, with Node 20 and 22.
#
#   docs/clients/npm.sh            packs them first
#   docs/clients/npm.sh FOLDER     takes those of a release (`make dist`)
#
# Everything is written to a temporary folder. Needs go, node 20 or later, npm, a network for their packages, and Chromium for the example of
# Playwright, which is skipped if there is none.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
platform=$(go env GOOS)/$(go env GOARCH)

if [ $# -gt 0 ]; then
	dist=$(cd "$1" && pwd)
else
	dist=$work/dist
	go run -C "$root/.ci/dist" . -only npm -platform "$platform" "$root" "$dist"
fi
set -- "$dist"/awalmock-[0-9]*.tgz "$dist"/awalmock-"$(node -p 'process.platform + "-" + process.arch')"-*.tgz
for package in "$@"; do # at most 16 MB, as registries and impatient people like it
	size=$(wc -c <"$package")
	echo "$(basename "$package"): $size bytes"
	[ "$size" -le 16000000 ] || { echo "npm.sh: $package is larger than 16 MB" >&2; exit 1; }
done

cp -R "$root/docs/examples/node" "$work/project"
cd "$work/project"
npm install --silent --no-audit --no-fund --ignore-scripts "$@"
npx tsc
echo "types: tsc --strict finds nothing"
cp "$root"/mockserver/npm/test/*.mjs .

mkdir "$work/nodes"
for version in 20 22; do
	(cd "$work/nodes" && npm install --silent --no-audit --no-fund --prefix "$work/nodes/$version" "node@$version")
	node=$(find "$work/nodes/$version/node_modules" -path '*/bin/node' -type f | head -1)
	PATH=$(dirname "$node"):$PATH
	export PATH
	echo "node $(node --version)"
	node --test helper.test.mjs inbox.node-test.mjs
	node node_modules/vitest/vitest.mjs run
done
node speed.mjs

chromium=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || true)}
if [ -n "$chromium" ]; then
	CHROMIUM=$chromium npx playwright test
else
	echo "Playwright: skipped, there is no Chromium"
fi

# What people meet when something is missing.
expect() { # TEXT COMMAND...
	text=$1
	shift
	if said=$("$@" 2>&1) || ! printf '%s' "$said" | grep -q "$text"; then
		echo "npm.sh: $* should fail and say \"$text\"; it says: $said" >&2
		exit 1
	fi
}
mkdir "$work/bare"
(cd "$work/bare" && npm init --yes >/dev/null && npm install --silent --no-audit --no-fund --omit=optional "$dist"/awalmock-[0-9]*.tgz)
expect "install again without --omit=optional" "$work/bare/node_modules/.bin/awalmock"
(cd "$work/bare" && npm install --silent --no-audit --no-fund --prefix "$work/nodes/18" node@18)
node=$(find "$work/nodes/18/node_modules" -path '*/bin/node' -type f | head -1)
expect "needs Node 20 or later" "$node" node_modules/awalmock/bin/awalmock.cjs
expect "there is no program for" node -e "Object.defineProperty(process, 'arch', { value: 'mips' }); process.argv = ['node', 'awalmock']; require('awalmock/package.json'); require('$PWD/node_modules/awalmock/bin/awalmock.cjs')"
echo "all of it works"
