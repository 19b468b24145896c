package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"example.com/awalmock/mockserver/adminapi"
)

type triggerCommand struct {
	Event string `arg:"" help:"Name of the event, such as message.received."`
	mockAddress
	Conversation int64    `placeholder:"ID" help:"Conversation that it is made from; the one that changed last if absent."`
	Set          []string `sep:"none" placeholder:"FIELD=VALUE" help:"Another value for a field of the event's data; may be given more than once."`

	Warnings []string `kong:"-"` // about the environment
}

// triggerTime is how long the mock may take to answer.
const triggerTime = 30 * time.Second

func (c *triggerCommand) run(ctx context.Context, stdout, stderr io.Writer) error {
	for _, warning := range c.Warnings {
		fmt.Fprintln(stderr, programName()+": warning:", warning)
	}
	body := adminapi.Trigger{Event: c.Event, ConversationID: c.Conversation}
	for _, text := range c.Set {
		field, value, ok := strings.Cut(text, "=")
		if !ok || field == "" {
			return &usageError{fmt.Errorf("--set: must be FIELD=VALUE, not %q", text)}
		}
		if body.Data == nil {
			body.Data = map[string]any{}
		}
		body.Data[field] = value
	}
	address, err := c.url("/webhooks/trigger", url.Values{})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, triggerTime)
	defer cancel()
	event, err := c.ask(ctx, address, body)
	if err == nil {
		_, err = fmt.Fprintf(stdout, "%s %s\n%s\n", event.Event, event.ID, event.Body)
	}
	return err
}

func (c *triggerCommand) ask(ctx context.Context, address string, body adminapi.Trigger) (event adminapi.WebhookEvent, err error) {
	text, err := json.Marshal(body)
	if err != nil {
		return event, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(text))
	if err != nil {
		return event, err
	}
	r.Header.Set("Content-Type", "application/json")
	c.authorize(r)
	response, err := c.client().Do(r)
	if err != nil {
		return event, fmt.Errorf("--from: %w", err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return event, err
	}
	if response.StatusCode != http.StatusAccepted {
		return event, fmt.Errorf("the mock answers %d: %s", response.StatusCode, strings.TrimSpace(string(answer)))
	}
	return event, json.Unmarshal(answer, &event)
}
