package server_test

import (
	"strings"
	"testing"

	"example.com/awalmock"
	"example.com/awalmock/mockserver/server"
)

func TestDocument_WebhookThatDoesNotFitIsRefusedAtTheStart(t *testing.T) {
	t.Parallel()
	document := awalmock.OpenAPI()
	for name, c := range map[string]struct{ old, changed, want string }{
		"a status that is missing":    {"enum: [sent, delivered, read, failed]\n    WebhookConversationCreated", "enum: [sent, delivered, read]\n    WebhookConversationCreated", "x-webhooks.message.status.updated"},
		"a phone that is a number":    {"phone_number: {type: string, minLength: 1, description: The customer's phone (I).}", "phone_number: {type: integer}", "x-webhooks.conversation.created"},
		"an assignee that is no null": {`assignee: {type: string, nullable: true, description: "A client id`, `assignee: {type: string, description: "A client id`, "x-webhooks.conversation.updated"},
		"a challenge without room":    {"challenge: {type: string, minLength: 1, description: A random text.}", "challenge: {type: string, maxLength: 3}", "x-webhooks.verification"},
		"a schema that is no $ref":    {"{schema: {$ref: '#/components/schemas/WebhookMessageReceived'}}", "{schema: {type: object}}", "must be a $ref"},
		"a $ref to nowhere":           {"{schema: {$ref: '#/components/schemas/WebhookMessageReceived'}}", "{schema: {$ref: '#/components/schemas/Nothing'}}", "must be a $ref"},
		"an event without a body":     {"  message.received:\n    post:\n", "  message.received:\n    get:\n", "has no post"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changed := strings.Replace(document, c.old, c.changed, 1)
			if changed == document {
				t.Fatal("the test changes nothing")
			}
			_, err := server.New(server.Options{Spec: []byte(changed), SpecName: "changed.yaml"})
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "changed.yaml:") {
				t.Errorf("error %v, want one with changed.yaml, a line and %q", err, c.want)
			}
		})
	}
}
