package view_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"example.com/awalmock"
	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/spec"
	"example.com/awalmock/mockserver/internal/view"
)

// seen is a view of a document with changes, which makes up "made up" for every value that is not known.
func seen(t interface{ Fatal(...any) }, pairs ...string) *view.View {
	document, err := spec.Load("openapi.yaml", []byte(strings.NewReplacer(pairs...).Replace(awalmock.OpenAPI())))
	if err != nil {
		t.Fatal(err)
	}
	return view.New(document, func(*spec.Schema, string, int64, string) (any, error) { return "made up", nil })
}

func person() *sandbox.Conversation {
	return &sandbox.Conversation{
		ID: 1 << 53, Number: "1", Phone: "96650000000", Name: "Sara", LastContent: "hello", LastType: "text", Unread: 2,
		CreatedAt: start.Add(-time.Hour), LastMessageAt: start, Rendered: new(sandbox.Caches),
	}
}

func TestAnyTextComesOutAsItWentIn(t *testing.T) {
	t.Parallel()
	v := seen(t)
	rapid.Check(t, func(t *rapid.T) {
		c := person()
		c.Name = rapid.String().Draw(t, "name") + "x"
		c.LastContent = rapid.StringOf(rapid.RuneFrom([]rune("\"\\/<>&\u2028\u2029\x00\x1f\x7f\t\n🚚ع"))).Draw(t, "content")
		text, err := v.Row(c, "client", start)
		if err != nil {
			t.Fatal(err)
		}
		var row struct {
			Name    string
			Content string `json:"last_message"`
		}
		if err := json.Unmarshal(text, &row); err != nil || row.Name != c.Name || row.Content != c.LastContent {
			t.Fatalf("%q %q became %s: %v", c.Name, c.LastContent, text, err)
		}
	})
}

func TestARowHasThePropertiesOfTheSchemaInItsOrderWithExactNumbers(t *testing.T) {
	t.Parallel()
	text, err := seen(t).Row(person(), "client", start)
	want := `{"id":9007199254740992,"phone":"96650000000","name":"Sara","last_message":"hello","last_message_type":"text","unread_count":2,"status":"unread","updated_at":"2024-01-20T12:00:00Z","created_at":"2024-01-20T11:00:00Z"}`
	if err != nil || string(text) != want {
		t.Errorf("%v\n%s\n%s", err, text, want)
	}
}

func TestWithoutANameOrAMessageNothingIsNull(t *testing.T) {
	t.Parallel()
	c := &sandbox.Conversation{ID: 7, Phone: "96650000000", CreatedAt: start, Rendered: new(sandbox.Caches)}
	text, err := seen(t).Row(c, "client", start)
	if err != nil || bytes.Contains(text, []byte("null")) || !bytes.Contains(text, []byte(`"name":"96650000000"`)) {
		t.Errorf("%v %s", err, text)
	}
}

func TestWhatDoesNotFitTheSchemaIsAnErrorThatNamesRuleAndPlace(t *testing.T) {
	t.Parallel()
	v := seen(t, "          minimum: 0\n          description: How many messages of the customer", "          maximum: 1\n          description: How many messages of the customer",
		"          type: string\n          description: The text. Of a message", "          type: string\n          maxLength: 99\n          description: The text. Of a message",
		"            last_message: I would like to ask about my order\n            last_message_type: text\n            unread_count: 3", "            last_message: I would like to ask about my order\n            last_message_type: text\n            unread_count: 1")
	_, err := v.Row(person(), "client", start)
	var unfit *view.UnfitError
	if !errors.As(err, &unfit) || !strings.Contains(unfit.Reason, "unread_count must be at most 1") || !strings.Contains(unfit.Reason, "/components/schemas/Conversation") {
		t.Errorf("%v", err)
	}
}

func TestAnUnknownPropertyIsInvented(t *testing.T) {
	t.Parallel()
	v := seen(t, "        unread_count:\n", "        mood: {type: string}\n        unread_count:\n")
	if text, err := v.Row(person(), "client", start); err != nil || !bytes.Contains(text, []byte(`"mood":"made up"`)) {
		t.Errorf("%v %s", err, text)
	}
}
