package spec

import (
	"strings"

	"go.yaml.in/yaml/v4"
)

// webhooksKey is the extension that holds what OpenAPI 3.1 calls webhooks.
const webhooksKey = "x-webhooks"

// webhooks gathers the bodies of x-webhooks. kin-openapi does not resolve references in an extension, so the schema of a body
// is a reference to one of components.schemas.
func (c *compiler) webhooks() (err error) {
	list, _ := c.tree.at("/" + webhooksKey)
	members(list, func(name, item *yaml.Node) {
		if err == nil {
			err = c.webhook(name.Value, item)
		}
	})
	return err
}

func (c *compiler) webhook(name string, item *yaml.Node) error {
	at := "/" + webhooksKey + "/" + escapeToken(name)
	media := get(get(get(get(item, "post"), "requestBody"), "content"), "application/json")
	if media == nil {
		return c.errorAt(at, "has no post with a requestBody of application/json")
	}
	at += "/post/requestBody/content/application~1json/schema"
	const schemas = "#/components/schemas/"
	ref := text(get(media, "schema"), "$ref")
	component, ok := strings.CutPrefix(ref, schemas)
	if !ok || c.kin.Components == nil || c.kin.Components.Schemas[unescapeToken(component)] == nil {
		return c.errorAt(at, "must be a $ref to one of components.schemas")
	}
	schema, err := c.schema(c.kin.Components.Schemas[unescapeToken(component)], ref[1:])
	c.doc.Webhooks = append(c.doc.Webhooks, Webhook{Name: name, Schema: schema, Pointer: at})
	return err
}
