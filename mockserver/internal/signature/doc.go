// Package signature signs and verifies requests as the Awal API wants it. Package diagnose says what a caller did wrong.
//
// The string to sign is, without separators, METHOD + PATH + QUERY_STRING + TIMESTAMP + BODY (documented by the vendor;
// https://awalchat.com/en/docs/api/authentication/generate-hmac-signature). That METHOD is upper case, PATH is relative
// to the base URL, QUERY_STRING keeps its question mark and the digest is hexadecimal is read off the vendor's example.
// What of an upload is signed is not documented; a Scheme has a switch for it.
// That a missing query or body counts as nothing, and that the target is signed as it is sent, never decoded or
// re-encoded, is our inference.
//
// The package knows bytes, keys and digests. It must never know workspaces, HTTP types, the specification or the wall
// clock, and never prints a secret or gives out an expected digest except through Sign.
package signature
