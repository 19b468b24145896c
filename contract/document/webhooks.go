package document

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// WebhooksExtension is where a document says what is sent to a receiver, in the form of `webhooks` of OpenAPI 3.1.
const WebhooksExtension = "x-webhooks"

// Verification is the name of the webhook that checks a receiver's address.
const Verification = "verification"

// A Webhook is a request that the service sends to a receiver.
type Webhook struct {
	Name      string // of the event, such as message.received, or Verification
	Operation string // its operationId
	Place     Place
	Schema    *openapi3.SchemaRef // of the body
}

// Webhooks returns what the document sends to a receiver, in the order of the file; none is an error.
func (c *Document) Webhooks() ([]Webhook, error) {
	if len(c.hooks) == 0 {
		return nil, fmt.Errorf("%s: it has no %s, so there is nothing to send to a receiver", c.Name, WebhooksExtension)
	}
	return c.hooks, nil
}

// WebhookOperation is the operation of a webhook, for exchanges; one that the document does not have has no id.
func (c *Document) WebhookOperation(name string) *Operation {
	for _, w := range c.hooks {
		if w.Name == name {
			return &Operation{ID: w.Operation, Method: http.MethodPost, Path: w.Name, Pointer: w.Place.Pointer}
		}
	}
	return &Operation{Method: http.MethodPost, Path: name, Pointer: "/" + WebhooksExtension}
}

// addWebhooks reads the extension. An entry that is not a POST with a `$ref` to a schema is left out: the program that serves
// the document is the one that refuses it.
func (c *Document) addWebhooks(doc *openapi3.T) {
	raw, _ := doc.Extensions[WebhooksExtension].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		ref, _ := inside(raw[name], "post", "requestBody", "content", "application/json", "schema", "$ref").(string)
		id, _ := inside(raw[name], "post", "operationId").(string)
		component, ok := strings.CutPrefix(ref, "#/components/schemas/")
		if !ok || doc.Components == nil || doc.Components.Schemas[component] == nil {
			continue
		}
		place := c.Place("/" + WebhooksExtension + PointerOf([]string{name}))
		c.hooks = append(c.hooks, Webhook{name, id, place, doc.Components.Schemas[component]})
	}
	slices.SortStableFunc(c.hooks, func(a, b Webhook) int { return a.Place.Line - b.Place.Line })
}

// inside returns what is under the keys of nested objects, or nil.
func inside(value any, path ...string) any {
	for _, key := range path {
		object, _ := value.(map[string]any)
		value = object[key]
	}
	return value
}
