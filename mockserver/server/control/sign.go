package control

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"

	"example.com/awalmock/mockserver/adminapi"
	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/signature"
)

// signLimit bounds a request to sign another: an upload of 16 MiB, in base64, has room. Every other request here is small.
const signLimit = 24 << 20

// signRequest answers POST /sign.
func (a *api) signRequest(c *engine.Call) (engine.Reply, error) {
	w, err := a.workspace(c)
	if err != nil {
		return engine.Reply{}, err
	}
	// The body may be large: it is not copied into a struct first.
	body, _ := c.Request.Body().(map[string]any)
	text := func(name string) string {
		value, _ := body[name].(string)
		return value
	}
	content := []byte(text("body"))
	encoded := text("body_base64")
	if len(content) > 0 && encoded != "" {
		return engine.Reply{}, invalid("body_base64", "is another form of body; send only one of them")
	}
	if encoded != "" {
		if content, err = base64.StdEncoding.DecodeString(encoded); err != nil {
			return engine.Reply{}, invalid("body_base64", "must be base64, with its padding")
		}
	}
	timestamp := strconv.FormatInt(a.Now().Unix(), 10)
	return show(http.StatusOK, adminapi.SignedHeaders{Headers: map[string]string{
		a.Headers.Workspace: w.Domain,
		a.Headers.Client:    w.Client,
		a.Headers.Timestamp: timestamp,
		a.Headers.Signature: a.Scheme.Sign(w.Key, signature.Request{
			Method: strings.ToUpper(text("method")), Target: text("target"), Timestamp: timestamp, Body: content,
			Upload: signature.IsUpload(text("content_type")),
		}),
	}})
}
