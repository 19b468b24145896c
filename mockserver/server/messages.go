package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"unicode/utf8"

	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/spec"
)

// Recipients that are answered with an error (I).
const (
	recipientLimited = "966500000429"
	recipientFails   = "966500000500"
)

// A content is what a request to send becomes as a message: its type, and its content in text form (I).
type content struct {
	kind, text string
	refused    []engine.Detail // what WhatsApp would refuse of it (I)
}

// A reader makes the content of a request.
type reader func(t *workspaceEntry, c *engine.Call, body map[string]any) (content, error)

// longestContent bounds the text of a message, in code points: that of a text message is no longer (D). What is longer, such as a
// caption, is cut (I).
const longestContent = 4096

// longestName bounds the name of a customer, as that of the control API is (I).
const longestName = 200

// send answers the six POST /w/message/… (vendor pages api/messages/…), which differ in what they send only.
func (s *service) send(read reader) engine.Handler {
	return func(c *engine.Call) (engine.Reply, error) {
		number := c.Request.Text("phone_number_id")
		body := knownBody(c)
		t := s.workspaces.fromCaller(c.Caller)
		if body["reply_to"] == "" {
			return engine.Reply{}, engine.Invalid(engine.Detail{Field: "reply_to", Text: "must not be empty; leave it out when nothing is answered"})
		}
		if !t.HasNumber(number) {
			return engine.Reply{}, noNumber(number)
		}
		made, err := read(t, c, body)
		if err == nil {
			err = s.judge(c, append(made.refused, refusedByWhatsApp(body)...))
		}
		if err != nil {
			return engine.Reply{}, err
		}
		if err := errorRecipient(str(body, "phone")); err != nil {
			return engine.Reply{}, err
		}
		sent, err := t.Send(c.HTTP.Context(), sandbox.Outgoing{
			Number: number, Phone: str(body, "phone"), Name: cut(str(body, "name"), longestName), Email: cut(str(body, "email"), longestName),
			Type: made.kind, Content: cut(made.text, longestContent), ReplyTo: str(body, "reply_to"),
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
		return errors.New("the recipient " + recipientFails + " is for a failing server")
	}
	return nil
}

// noNumber is the answer to a sending number that the workspace does not have. One that only looks right is named.
func noNumber(number string) error {
	text := "There is no such phone_number_id in this workspace."
	if what, ok := spec.Unseen(number); number == "" {
		text = "phone_number_id is missing, which names one of the workspace's numbers."
	} else if ok {
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

// cut cuts a text after so many code points.
func cut(text string, most int) string {
	for i := range text {
		if most--; most < 0 {
			return text[:i]
		}
	}
	return text
}

func textContent(_ *workspaceEntry, _ *engine.Call, body map[string]any) (content, error) {
	return content{kind: "text", text: str(body, "body")}, nil
}

// bodyContent is a button or list message, which shows its body_text.
func bodyContent(kind string) reader {
	return func(_ *workspaceEntry, _ *engine.Call, body map[string]any) (content, error) {
		return content{kind: kind, text: str(body, "body_text")}, nil
	}
}

// locationContent is a location as "24.6941,46.6853" (I), with the digits that were sent.
func locationContent(_ *workspaceEntry, _ *engine.Call, body map[string]any) (content, error) {
	location, _ := body["location"].(map[string]any)
	latitude, _ := location["latitude"].(json.Number)
	longitude, _ := location["longitude"].(json.Number)
	return content{kind: "location", text: fmt.Sprintf("%s,%s", latitude, longitude)}, nil
}

// mediaContent is a file: its caption, else its link or file name (I).
func mediaContent(_ *workspaceEntry, c *engine.Call, body map[string]any) (content, error) {
	kind := str(body, "type")
	names := []string{str(body, "caption"), str(body, "link"), cutBytes(str(body, "file_name"), longestFileName)}
	if form := c.Request.Form(); form != nil {
		for _, file := range form.Files {
			names = append(names, cutBytes(file.FileName, longestFileName))
		}
	}
	for _, name := range names {
		if name != "" {
			return content{kind: kind, text: name}, nil
		}
	}
	return content{kind: kind, text: kind}, nil
}

// longestFileName is how many bytes of a file's name are kept (I): file systems take no more.
const longestFileName = 255

// cutBytes cuts a text after so many bytes, and not within a character.
func cutBytes(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most]
}
