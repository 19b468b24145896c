package run

import (
	"net/http"
	"path"
	"slices"
	"strings"

	"example.com/awalmock/contract/document"
)

// kindOf is the kind of message that an operation sends, the end of its path: media of /w/message/media. It is "" if it sends none.
func kindOf(op *document.Operation) string {
	if op == nil || op.Capability != document.CapabilitySend || op.Method != http.MethodPost {
		return ""
	}
	return path.Base(op.Path)
}

// checkKinds refuses a kind that the contract does not have.
func (s *Session) checkKinds() error {
	var known []string
	for _, op := range s.Document.Operations {
		if kind := kindOf(op); kind != "" {
			known = append(known, kind)
		}
	}
	for _, kind := range s.Config.SendKinds {
		if err := oneOf("kind of message", kind, known...); err != nil {
			return err
		}
	}
	return nil
}

// unclaimedKind is why messages of an operation's kind are not sent, "" if they may be.
func (s *Session) unclaimedKind(op *document.Operation) string {
	kind := kindOf(op)
	if kind == "" || len(s.Config.SendKinds) == 0 || slices.Contains(s.Config.SendKinds, kind) {
		return ""
	}
	return "the capability " + document.CapabilitySend + " is claimed without " + kind
}

// claimed is a capability as --capability has it: send=text,media if not all kinds are claimed.
func (c *Config) claimed(capability string) string {
	if capability == document.CapabilitySend && len(c.SendKinds) > 0 {
		return capability + "=" + strings.Join(c.SendKinds, ",")
	}
	return capability
}

func (c *Config) allClaimed() []string {
	out := []string{}
	for _, capability := range c.Capabilities {
		out = append(out, c.claimed(capability))
	}
	return out
}
