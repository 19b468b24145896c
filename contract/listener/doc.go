// Package listener receives the webhooks of the server that is checked: it answers the challenge, keeps what comes, and answers as a spec wants.
package listener
