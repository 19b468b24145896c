package run

import (
	"cmp"
	"fmt"
	"strings"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
)

// Explain adds what a reader needs to reproduce a finding.
func (s *Session) Explain(f *judge.Finding, c *Case) {
	if f.Rerun != "" {
		return // another process of Ginkgo has done so
	}
	f.Text, f.Expected, f.Actual = s.masker.Replace(f.Text), s.masker.Replace(f.Expected), s.masker.Replace(f.Actual)
	f.Exchanges = nil
	for _, e := range f.Recorded {
		if e != nil {
			f.Exchanges = append(f.Exchanges, e.Show(s.Target, s.masker))
		}
	}
	f.Rerun = s.masker.Replace(s.rerun(c))
}

// rerun is the command that checks a requirement again. Secrets are not in it: the program reads them from the environment.
func (s *Session) rerun(c *Case) string {
	line := fmt.Sprintf("%s --only %s --seed %d", s.command(), c.Requirement, s.Config.Seed)
	for _, capability := range []string{c.Capability, c.Needs} {
		if capability != "" {
			line += " --capability " + s.Config.claimed(capability) + s.flagsOf(capability)
		}
	}
	if !s.Document.Own {
		line += " --spec " + exchange.Quote(s.Document.Name)
	}
	for _, h := range s.Config.Headers {
		line += " --header " + h.Shell()
	}
	if s.Config.Insecure {
		line += " --insecure"
	}
	if s.Config.Strict {
		line += " --strict"
	}
	return line
}

// flagsOf are the flags that a capability needs, without secrets.
func (s *Session) flagsOf(capability string) string {
	second := s.Config.Second
	switch {
	case capability == document.CapabilityWebhooks:
		return s.webhookFlags()
	case s.Config.Command != "": // which knows the target
	case capability == document.CapabilitySend, capability == document.CapabilityTickets, capability == document.CapabilityInvoices:
		return " --send-to " + strings.Join(s.Config.SendTo, ",")
	case capability == document.CapabilitySecondClient:
		return fmt.Sprintf(" --second-domain %s --second-client-id %s --second-phone-number-id %s", exchange.Quote(second.Domain), exchange.Quote(second.ClientID), exchange.Quote(second.PhoneNumberID))
	case capability == document.CapabilityControl && s.Config.ControlURL != "":
		return " --control-url " + exchange.Quote(s.Config.ControlURL)
	}
	return ""
}

func (s *Session) command() string {
	if s.Config.Command != "" {
		return s.Config.Command
	}
	return fmt.Sprintf("%s --base-url %s --domain %s --client-id %s --phone-number-id %s",
		cmp.Or(s.Config.Program, "go run ./contract"), exchange.Quote(s.Target.Base.String()), exchange.Quote(s.Target.First.Domain), exchange.Quote(s.Target.First.ClientID), exchange.Quote(s.Target.First.PhoneNumberID))
}
