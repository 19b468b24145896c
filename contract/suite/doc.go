// Package suite checks any server against the contract written in openapi.yaml.
//
// It is a black-box test: it has a base URL and credentials, its own signer and its own client, and judges the answers by rules that hold for any data of the
// server. The cases are in package specs, and package run runs them. Register adds them to a caller's own Ginkgo suite; Run is for everything else.
//
// The package must never import the mock server or any other server: a bug in both would not be noticed.
package suite
