#!/bin/sh
# Installs the packages of a release for this machine, or unpacks them where they cannot be installed, and asks each program for an answer.
#
#   .ci/dist/try.sh FOLDER     of `make dist`
set -eu
dist=$(cd "$1" && pwd)
work=$(mktemp -d)
mock=
stop() {
	[ -z "$mock" ] || kill "$mock" 2>/dev/null || true
	rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' INT TERM
arch=$(go env GOARCH)

# answers PROGRAM: starts a mock and sends it the signed request that its own command prints.
answers() {
	rm -f "$work/addr"
	"$1" --addr 127.0.0.1:0 --addr-file "$work/addr" --quiet >/dev/null &
	mock=$!
	tries=0
	until [ -s "$work/addr" ]; do
		tries=$((tries + 1))
		[ "$tries" -lt 300 ] || { echo "try.sh: $1 did not start" >&2; exit 1; }
		sleep 0.1
	done
	line=$("$1" sign GET '/conversations?phone_number_id=123456&status=unread' --base-url "$(cat "$work/addr")")
	sh -c "$line" | grep -q '"status":true' || { echo "try.sh: $1 gave no list" >&2; exit 1; }
	kill "$mock"
	wait "$mock" || true
	mock=
}

echo "checksums"
(cd "$dist" && sha256sum --check --quiet SHA256SUMS)

echo "deb"
if [ "$(id -u)" = 0 ]; then
	dpkg -i "$dist"/awalmock_*_"$arch".deb >/dev/null
	answers /usr/bin/awalmock
	/usr/bin/awalmock-contract --version
	dpkg -r awalmock >/dev/null
fi
dpkg -x "$dist"/awalmock_*_"$arch".deb "$work/deb"
answers "$work/deb/usr/bin/awalmock"
zcat "$work/deb/usr/share/man/man1/awalmock.1.gz" | grep -q '^.TH AWALMOCK 1'
bash -c 'source "$1" && complete -p awalmock' bash "$work/deb/usr/share/bash-completion/completions/awalmock" >/dev/null

echo "rpm"
case $arch in amd64) machine=x86_64 ;; arm64) machine=aarch64 ;; esac
if [ "$(id -u)" = 0 ]; then # into a folder, with a database of its own: this machine may be a Debian
	rpm -i --nodeps --root "$work/installed" "$dist"/awalmock-*."$machine".rpm
	answers "$work/installed/usr/bin/awalmock"
fi
(mkdir "$work/rpm" && cd "$work/rpm" && rpm2cpio "$dist"/awalmock-*."$machine".rpm | cpio -id --quiet --no-absolute-filenames 2>/dev/null)
[ "$(rpm -qp --qf '%{NAME}' "$dist"/awalmock-*."$machine".rpm 2>/dev/null)" = awalmock ]
answers "$work/rpm/usr/bin/awalmock"

echo "archive"
(mkdir "$work/archive" && cd "$work/archive" && tar xzf "$dist"/awalmock_*_linux_"$arch".tar.gz)
answers "$work/archive/awalmock"

echo "image"
mkdir "$work/image"
tar xf "$dist/awalmock.oci.tar" -C "$work/image"
for layer in "$work"/image/blobs/sha256/*; do # a layer is the only kind of blob that tar can read
	if tar tzf "$layer" 2>/dev/null | grep -qx awalmock; then
		mkdir -p "$work/layer"
		tar xzf "$layer" -C "$work/layer"
		if "$work/layer/awalmock" --version >/dev/null 2>&1; then
			answers "$work/layer/awalmock"
			found=1
			break
		fi
	fi
done
[ "${found:-}" = 1 ] || { echo "try.sh: the image has no program for this machine" >&2; exit 1; }

if [ -f "$dist/awalmock.rb" ]; then
	echo "cask and Scoop"
	ruby -c "$dist/awalmock.rb" >/dev/null
	for archive in darwin_amd64.tar.gz darwin_arm64.tar.gz; do
		sum=$(cd "$dist" && sha256sum awalmock_*_"$archive" | cut -d' ' -f1)
		grep -q "$sum" "$dist/awalmock.rb" || { echo "try.sh: the cask has another checksum of $archive" >&2; exit 1; }
	done
	node -e '
		const manifest = JSON.parse(require("fs").readFileSync(process.argv[1]))
		const sums = require("fs").readFileSync(process.argv[2], "utf8")
		for (const { url, hash } of Object.values(manifest.architecture)) {
			if (!sums.includes(hash + "  " + url.split("/").pop())) throw new Error("Scoop: another checksum of " + url)
		}' "$dist/awalmock.json" "$dist/SHA256SUMS"
fi
echo "all of it works"
