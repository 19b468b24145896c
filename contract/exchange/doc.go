// Package exchange sends requests to a server and records the answers: signing, client, request budget, retries, and views of the answers of known operations
// (List, Thread, StatusList). An Exchange is plain data in which secrets are masked. The package does not judge answers.
package exchange
