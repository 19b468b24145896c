package control

import (
	"net/http"
	"strconv"
	"strings"

	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/signature"
)

// signLimit bounds a request to sign another: an upload of 16 MiB, in base64, has room. Every other request here is small.
const signLimit = 24 << 20

// roomy lets who may use the control API send large bodies to sign. A body is read before the guard sees it: strangers,
// who have no business here, are not given the room.
func (a *api) roomy(small, large http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == Prefix+"/sign" {
			if _, err := a.Access.Admit(&engine.Exchange{HTTP: r}); err == nil {
				large.ServeHTTP(w, r)
				return
			}
		}
		small.ServeHTTP(w, r)
	})
}

// signRequest answers POST /sign.
func (a *api) signRequest(c *engine.Call) (engine.Reply, error) {
	w, err := a.workspace(c)
	if err != nil {
		return engine.Reply{}, err
	}
	body, err := decode[struct {
		Method, Target, Body string
		Bytes                []byte `json:"body_base64"`
		ContentType          string `json:"content_type"`
	}](c)
	if err != nil {
		return engine.Reply{}, err
	}
	if body.Body != "" && len(body.Bytes) > 0 {
		return engine.Reply{}, invalid("body_base64", "stands in the place of body; leave one of them out")
	}
	timestamp := strconv.FormatInt(a.Now().Unix(), 10)
	return show(http.StatusOK, map[string]map[string]string{"headers": {
		engine.HeaderDomain:    w.Domain,
		engine.HeaderClient:    w.Client,
		engine.HeaderTimestamp: timestamp,
		engine.HeaderSignature: a.Scheme.Sign(w.Key, signature.Request{
			Method: strings.ToUpper(body.Method), Target: body.Target, Timestamp: timestamp, Body: append(body.Bytes, body.Body...),
			Upload: signature.IsUpload(body.ContentType),
		}),
	}})
}
