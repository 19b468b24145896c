// Package receiver checks a partner's webhook receiver: it plays the vendor and sends the challenge and events, signed rightly and wrongly, and
// judges what the receiver answers. It makes the same report as package run makes of a server.
package receiver
