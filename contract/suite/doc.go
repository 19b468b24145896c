// Package suite checks any server against the contract written in openapi.yaml.
//
// It is a black box: it knows a base URL and credentials, signs with its own signer, asks with its own client, and judges the answers by
// oracles that hold for any data of the server. What is asked is in package specs, how it is run in package run. Register adds its specs to a caller's own Ginkgo suite; Run is for everything else.
//
// The package must never know the mock server, or any other server: one bug in both would hide itself.
package suite
