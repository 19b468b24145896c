package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"example.com/awalmock"
	"example.com/awalmock/mockserver/internal/spec"
)

// apiCall is a request that keeps the document, made of its examples.
type apiCall struct{ method, target, contentType, body string }

func operationCalls(t *testing.T) []apiCall {
	t.Helper()
	document, err := spec.Load("openapi.yaml", []byte(awalmock.OpenAPI()))
	if err != nil {
		t.Fatal(err)
	}
	var all []apiCall
	for _, op := range document.Operations {
		c := apiCall{method: op.Method, target: op.Path}
		query := url.Values{}
		for _, p := range op.Parameters {
			switch {
			case p.In == "path":
				c.target = strings.ReplaceAll(c.target, "{"+p.Name+"}", "1")
			case p.In == "query" && p.Required:
				query.Set(p.Name, "123456")
			}
		}
		if len(query) > 0 {
			c.target += "?" + query.Encode()
		}
		if len(op.Bodies) > 0 {
			c.contentType, c.body = exampleBody(op)
		}
		all = append(all, c)
	}
	return all
}

// exampleBody is the first example of the operation; the template, an upload, has none.
func exampleBody(op *spec.Operation) (contentType, body string) {
	for _, media := range op.Bodies {
		if len(media.Examples) == 0 {
			continue
		}
		if media.Type == "application/x-www-form-urlencoded" {
			return media.Type, formOf(media.Examples[0].Body)
		}
		return media.Type, string(media.Examples[0].Body)
	}
	return op.Bodies[0].Type + "; boundary=b",
		"--b\r\nContent-Disposition: form-data; name=\"template_id\"\r\n\r\n1\r\n--b\r\nContent-Disposition: form-data; name=\"phone\"\r\n\r\n96650000000\r\n" +
			"--b\r\nContent-Disposition: form-data; name=\"header_type\"\r\n\r\nTEXT\r\n--b--\r\n"
}

// formOf writes an example as a form. Its phone is one that no contact has.
func formOf(example []byte) string {
	var fields map[string]any
	if err := json.Unmarshal(example, &fields); err != nil {
		panic(err)
	}
	form := url.Values{}
	for name, value := range fields {
		form.Set(name, fmt.Sprint(value))
	}
	if form.Has("phone") {
		form.Set("phone", "966500001234")
	}
	return form.Encode()
}

// send gives status and body.
func (c *apiCall) send(t *testing.T, base string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), c.method, base+c.target, strings.NewReader(c.body))
	if err != nil {
		t.Fatal(err)
	}
	if c.contentType != "" {
		r.Header.Set("Content-Type", c.contentType)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(response.StatusCode, " ", string(body))
}
