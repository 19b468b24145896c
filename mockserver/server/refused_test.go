package server_test

import (
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"example.com/awalmock"
	"example.com/awalmock/mockserver/mocktest"
)

// refusal is why the mock does not start, in one line.
func refusal(t *testing.T, options ...mocktest.Option) string {
	t.Helper()
	m, err := mocktest.New(options...)
	if err == nil {
		m.Close()
		t.Error("the mock started")
		return ""
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("more than a line: %v", err)
	}
	return err.Error()
}

func TestABrokenDocumentIsRefusedWithFileLineAndReason(t *testing.T) {
	t.Parallel()
	text := awalmock.OpenAPI()
	for name, c := range map[string]struct {
		document string
		words    []string
	}{
		"no YAML":                  {"openapi: [", []string{"copy.yaml:", "YAML"}},
		"empty":                    {"", []string{"copy.yaml"}},
		"a reference into nothing": {strings.Replace(text, "schemas/MessageStatusList'}", "schemas/Nowhere'}", 1), []string{"copy.yaml:", "Nowhere"}},
		"an unknown type":          {strings.Replace(text, "schema: {type: string, minLength: 1}", "schema: {type: strnig, minLength: 1}", 1), []string{"copy.yaml:", "strnig"}},
		"an operationId twice":     {strings.Replace(text, "operationId: getMessageStatus", "operationId: listConversations", 1), []string{"copy.yaml:", "listConversations"}},
		"an unknown mock value":    {strings.Replace(text, "x-mock-value: sentence", "x-mock-value: sentense", 1), []string{"copy.yaml:", "sentense"}},
		"a pattern that is none":   {strings.Replace(text, "pattern: ^[1-9][0-9]{0,49}$", "pattern: '[0-9'", 1), []string{"copy.yaml:", "attern"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			message := refusal(t, mocktest.Spec("copy.yaml", []byte(c.document)))
			for _, word := range c.words {
				if !strings.Contains(message, word) {
					t.Errorf("no %q in %q", word, message)
				}
			}
			if c.document != "" && !regexp.MustCompile(`copy\.yaml:\d+`).MatchString(message) {
				t.Errorf("no line in %q", message)
			}
		})
	}
}

func TestADocumentThatDropsAnOperationIsRefusedWithFileAndOperation(t *testing.T) {
	t.Parallel()
	c, err := ownContract()
	if err != nil {
		t.Fatal(err)
	}
	for i, op := range c.operations() {
		if testing.Short() && i%4 != 0 { // each is a whole document to read
			continue
		}
		message := refusal(t, edited(t, "operationId: "+op.id+"\n", "operationId: renamed\n"))
		if !strings.Contains(message, "copy.yaml") || !strings.Contains(message, op.id) {
			t.Errorf("%q", message)
		}
	}
}

func TestDataThatDoesNotFitTheDocumentIsRefusedWithFixtureConversationAndRule(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		option mocktest.Option
		words  []string
	}{
		"a shorter name":  {edited(t, "          nullable: true\n          description: The customer's name; null if unknown (I).\n", "          maxLength: 14\n"), []string{"name", "14"}},
		"a word less":     {edited(t, "enum: [unassigned, my, unread, expired, opened, closed, bot]", "enum: [unassigned, my, unread, expired, opened, closed]"), []string{"status", "one of"}},
		"another type":    {edited(t, "          format: int64\n          description: The conversation's id; no", "          maximum: 3\n          description: The conversation's id; no"), []string{"id", "3"}},
		"a message type":  {edited(t, "enum: [text, image, video, audio, document, sticker, location, template, button, list]\n", "enum: [text]\n"), []string{"type", "must be text"}},
		"a phone pattern": {edited(t, "pattern: ^[1-9][0-9]{0,49}$", "pattern: ^96650"), []string{"phone", "pattern"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			message := refusal(t, c.option)
			for _, word := range append(c.words, "your-workspace.yaml", "conversation") {
				if !strings.Contains(message, word) {
					t.Errorf("no %q in %q", word, message)
				}
			}
		})
	}
}

func TestABrokenFixtureIsRefusedWithFileAndLine(t *testing.T) {
	t.Parallel()
	const good = "workspace: w\nclient_id: c\nhmac_secret: s\nnumbers:\n  - {phone_number_id: '1', phone: '966110000001', verified_name: n, created: -9d, conversations: 3}\n"
	folder := func(text string) mocktest.Option {
		return mocktest.Fixtures(fstest.MapFS{"workspaces/w.yaml": {Data: []byte(text)}})
	}
	m := start(t, folder(good))
	if rows := m.rows(t, "/conversations?phone_number_id=1"); len(rows) != 3 {
		t.Errorf("%d rows", len(rows))
	}
	for broken, line := range map[string]string{
		strings.Replace(good, "conversations: 3", "conversations: x", 1): ":5",
		strings.Replace(good, "client_id", "client", 1):                  ":2",
		good + "conversations: 7\n":                                      ":6",
	} {
		if message := refusal(t, folder(broken)); !strings.Contains(message, "workspaces/w.yaml"+line) {
			t.Errorf("%q", message)
		}
	}
	if message := refusal(t, mocktest.Fixtures(fstest.MapFS{})); !strings.Contains(message, "workspaces") {
		t.Errorf("%q", message)
	}
}
