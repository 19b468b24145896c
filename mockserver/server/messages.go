package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/spec"
)

// Recipients that are answered with an error (I).
const (
	recipientLimited = "966500000429"
	recipientFails   = "966500000500"
)

// content is what a request to send becomes as a message: its type, and the text that stands for it (I).
type content func(t *tenant, c *engine.Call, body map[string]any) (kind, text string, err error)

// send answers the six POST /w/message/… (vendor pages api/messages/…), which differ in what they send only.
func (s *service) send(read content) engine.Handler {
	return func(c *engine.Call) (engine.Reply, error) {
		number, _ := c.Request.Query("phone_number_id")
		body := knownBody(c)
		t := s.tenants.fromCaller(c.Caller)
		if err := checkRules(c, body); err != nil {
			return engine.Reply{}, err
		}
		if body["reply_to"] == "" {
			return engine.Reply{}, engine.Invalid(engine.Detail{Field: "reply_to", Text: "must not be empty; leave it out when nothing is answered"})
		}
		if !t.HasNumber(number) {
			return engine.Reply{}, noNumber(number)
		}
		kind, text, err := read(t, c, body)
		if err != nil {
			return engine.Reply{}, err
		}
		if err := errorRecipient(str(body, "phone")); err != nil {
			return engine.Reply{}, err
		}
		sent, err := t.Send(c.HTTP.Context(), sandbox.Outgoing{
			Number: number, Phone: str(body, "phone"), Name: str(body, "name"), Type: kind, Content: text, ReplyTo: str(body, "reply_to"),
		})
		if err != nil {
			return engine.Reply{}, err
		}
		answer, err := t.commands.Sent(c.Request.Operation.ID, sent)
		return engine.Reply{Body: answer}, err
	}
}

func errorRecipient(phone string) error {
	switch phone {
	case recipientLimited:
		return &engine.Error{
			Status: http.StatusTooManyRequests, Code: "rate_limit_exceeded", Message: "Rate limit exceeded: this recipient is always answered so.",
		}
	case recipientFails:
		return errors.New("the recipient " + recipientFails + " stands for a failing server")
	}
	return nil
}

// noNumber is the answer to a sending number that the workspace does not have. One that only looks right is named.
func noNumber(number string) error {
	text := "There is no such phone_number_id in this workspace."
	if what, ok := spec.Unseen(number); ok {
		text = "There is no such phone_number_id in this workspace: the one that was sent has " + what + "."
	}
	return &engine.Error{Status: http.StatusNotFound, Code: "resource_not_found", Message: text}
}

// knownBody is the checked body without what its schema does not know: that is ignored, though another send may know it.
func knownBody(c *engine.Call) map[string]any {
	body, _ := c.Request.Body().(map[string]any)
	for _, u := range c.Request.Unknown {
		if u.In == "body" {
			delete(body, u.Name)
		}
	}
	return body
}

// str is a text of a checked body, "" when it is absent.
func str(body map[string]any, name string) string {
	text, _ := body[name].(string)
	return text
}

func textContent(_ *tenant, _ *engine.Call, body map[string]any) (kind, text string, err error) {
	return "text", str(body, "body"), nil
}

// bodyContent is a button or list message, which shows its body_text.
func bodyContent(kind string) content {
	return func(_ *tenant, _ *engine.Call, body map[string]any) (string, string, error) {
		return kind, str(body, "body_text"), nil
	}
}

// locationContent is a location as "24.6941,46.6853" (I), with the digits that were sent.
func locationContent(_ *tenant, _ *engine.Call, body map[string]any) (kind, text string, err error) {
	location, _ := body["location"].(map[string]any)
	latitude, _ := location["latitude"].(json.Number)
	longitude, _ := location["longitude"].(json.Number)
	return "location", fmt.Sprintf("%s,%s", latitude, longitude), nil
}

// mediaContent is a file: its caption, else its link or file name (I).
func mediaContent(_ *tenant, c *engine.Call, body map[string]any) (kind, text string, err error) {
	kind = str(body, "type")
	names := []string{str(body, "caption"), str(body, "link"), str(body, "file_name")}
	if form := c.Request.Form(); form != nil {
		for _, file := range form.Files {
			names = append(names, file.FileName)
		}
	}
	for _, name := range names {
		if name != "" {
			return kind, name, nil
		}
	}
	return kind, kind, nil
}
