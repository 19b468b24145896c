#!/bin/sh
# Lints openapi.yaml with the rules of .redocly.yaml. Needs node 20 or later, and a network for the linter's packages.
set -eu
cd "$(dirname "$0")/../.."
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true
exec npx --yes @redocly/cli@2.77.0 lint --config .redocly.yaml "$@"
