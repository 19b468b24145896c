package run

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/listener"
)

const (
	webhookWait = 10 * time.Second
	anyPort     = "127.0.0.1:0"
)

// resolveWebhooks fills in and checks the settings of the capability webhooks.
func (c *Config) resolveWebhooks() error {
	c.WebhookWait = cmp.Or(c.WebhookWait, webhookWait)
	switch {
	case !c.Claims(document.CapabilityWebhooks):
		return nil
	case c.Profile == ProfileProduction:
		return Usage("the profile production causes no event and answers none with an error, so it cannot check the capability webhooks")
	case c.WebhookWait < 0:
		return Usage("--webhook-wait must be positive, not %s", c.WebhookWait)
	case !c.WebhookRegistered && !c.Claims(document.CapabilityControl):
		return Usage("the capability webhooks needs an address that webhooks are sent to: register --webhook-base-url at the target and give --webhook-registered, or claim the capability control, with which the suite registers one")
	case !c.Claims(document.CapabilitySend) && !c.Claims(document.CapabilityControl):
		return Usage("the capability webhooks has to bring events about: claim the capability send too, or control")
	case c.WebhookRegistered && c.Listen == "":
		return Usage("--webhook-registered needs --listen ADDRESS, such as 127.0.0.1:4499: where the suite receives what is sent to --webhook-base-url")
	}
	c.Listen = cmp.Or(c.Listen, anyPort)
	if c.WebhookBaseURL == "" {
		return nil
	}
	at, err := url.Parse(c.WebhookBaseURL)
	if err != nil || (at.Scheme != "http" && at.Scheme != "https") || at.Host == "" || at.User != nil || at.RawQuery != "" || at.Fragment != "" {
		return Usage("--webhook-base-url must be like https://host/hook, without user, query and fragment, not %q", c.WebhookBaseURL)
	}
	return nil
}

// listen begins to receive webhooks, if the capability is claimed.
func (s *Session) listen(ctx context.Context) error {
	if !s.Config.Claims(document.CapabilityWebhooks) || !s.FirstProcess {
		return nil
	}
	s.Client.AddSecrets(s.Config.WebhookSecret)
	note := func(r *http.Request, at string, body []byte, status int) *exchange.Exchange {
		e := s.Client.Received(at, r, body, status)
		name, _ := e.Object()["type"].(string)
		if events := e.Events(); len(events) > 0 && events[0].Name != "" {
			name = events[0].Name
		}
		e.Request.Op = s.Document.WebhookOperation(name)
		return e
	}
	var err error
	if s.Webhooks, err = listener.Listen(ctx, s.Config.Listen, s.Config.WebhookBaseURL, note); err != nil {
		s.Webhooks = nil
		return Usage("--listen: %v", err)
	}
	if !s.Config.Claims(document.CapabilityControl) {
		s.notice(fmt.Sprintf("listening at %s for what is sent to %s", s.Webhooks.Address(), s.Webhooks.Registered().URL()))
	}
	return nil
}

// webhookFlags are the flags that a command needs to run a case of webhooks again.
func (s *Session) webhookFlags() string {
	c := &s.Config
	line := ""
	if c.WebhookRegistered || c.Listen != anyPort {
		line += " --listen " + exchange.Quote(c.Listen)
	}
	if c.WebhookBaseURL != "" {
		line += " --webhook-base-url " + exchange.Quote(c.WebhookBaseURL)
	}
	if c.Claims(document.CapabilityControl) {
		return line + " --capability " + document.CapabilityControl + s.flagsOf(document.CapabilityControl)
	}
	return line + " --webhook-registered --capability " + c.claimed(document.CapabilitySend) + s.flagsOf(document.CapabilitySend)
}

// Signer knows the secret and the address of the webhooks that the case is about, to verify their signatures.
func (t *T) Signer() *judge.Signer {
	secret := t.Target.First.HMACSecret
	switch {
	case t.Workspace != nil:
		secret = t.Workspace.HMACSecret
	case t.Config.WebhookSecret != "":
		secret = t.Config.WebhookSecret
	}
	at, err := url.Parse(t.Inbox.URL())
	if err != nil {
		return &judge.Signer{Secret: secret}
	}
	return &judge.Signer{Secret: secret, Target: at.RequestURI()}
}

// AwaitEvent waits until an event fits, and returns it; nil: none has arrived in time.
func (t *T) AwaitEvent(most time.Duration, fits func(*exchange.Event) bool) *exchange.Event {
	var found *exchange.Event
	_, err := t.Inbox.Wait(t.Ctx, most, func() bool {
		for _, v := range t.Inbox.Events() {
			if fits(v) {
				found = v
				return true
			}
		}
		return false
	})
	t.End(err)
	return found
}

// Event is AwaitEvent with --webhook-wait, or a fifth of that time after an earlier event has not arrived. If no webhook has arrived at all in this run, the
// case ends as UNVERIFIED.
func (t *T) Event(fits func(*exchange.Event) bool) *exchange.Event {
	most := t.Config.WebhookWait
	if t.webhookMissed.Load() {
		most /= 5
	}
	found := t.AwaitEvent(most, fits)
	if found != nil {
		return found
	}
	t.webhookMissed.Store(true)
	if t.Webhooks.Deaf() {
		t.Lacks("webhooks: none has arrived at %s within %s; is it registered at the target, and can the target reach it?", t.Inbox.URL(), t.Config.WebhookWait)
	}
	return nil
}

// EndUnlessReached ends the case if the registration of its inbox was refused and no webhook has arrived there: the target cannot reach the suite. The first
// such case is an ERROR that says so; the others are UNVERIFIED.
func (t *T) EndUnlessReached(e *exchange.Exchange, err error) {
	if err == nil && e.Status == http.StatusOK || len(t.Inbox.Came()) > 0 {
		t.End(err)
		return
	}
	what := "a target that can reach " + t.Inbox.URL() + " (--webhook-base-url)"
	if t.suiteUnreachable.Swap(true) {
		t.Lacks("%s", what)
	}
	why := fmt.Sprint(err)
	if err == nil {
		why = e.Result() + refusalText(e)
	}
	t.End(fmt.Errorf("the target could not send a webhook to %s: %s; give --listen and --webhook-base-url an address of this machine that the target can reach", t.Inbox.URL(), why))
}
