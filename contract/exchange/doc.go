// Package exchange asks a server and records what it answers: signer, client, budget, retries, and what the answers of known operations say.
// An Exchange is plain data, with secrets masked. The package knows nothing of what an answer should be.
package exchange
