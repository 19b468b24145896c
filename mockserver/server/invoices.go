package server

import (
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"example.com/awalmock/mockserver/internal/engine"
)

// longestHeader bounds the header of an invoice that is a text, in code points (I).
const longestHeader = 60

// sendInvoice answers POST /invoice-message (vendor page api/invoices): it is a send.
func (s *service) sendInvoice() engine.Handler {
	send := s.send(invoiceContent)
	return func(c *engine.Call) (engine.Reply, error) {
		if wrong := wrongHeader(knownBody(c)); wrong != nil {
			return engine.Reply{}, engine.Invalid(*wrong)
		}
		return send(c)
	}
}

// invoiceContent is an invoice as a message: of the kind of its header, with its text (I).
func invoiceContent(_ *workspaceEntry, _ *engine.Call, body map[string]any) (content, error) {
	return content{kind: strings.ToLower(str(body, "header_type")), text: str(body, "message_text")}, nil
}

// wrongHeader says what is wrong with the header of an invoice; nil: nothing. What goes with each type is inferred (I), but that a
// document takes a file (D).
func wrongHeader(body map[string]any) *engine.Detail {
	_, hasFile := body["header_media"]
	value := str(body, "header_value")
	switch kind := str(body, "header_type"); {
	case kind == "TEXT" && value == "":
		return &engine.Detail{Field: "header_value", Text: "is required for TEXT: the text of the header"}
	case kind == "TEXT" && utf8.RuneCountInString(value) > longestHeader:
		return &engine.Detail{Field: "header_value", Text: "must be at most " + strconv.Itoa(longestHeader) + " characters for TEXT"}
	case kind == "LOCATION" && !isLocation(value):
		return &engine.Detail{Field: "header_value", Text: "must be latitude,longitude for LOCATION, such as 24.7136,46.6753"}
	case kind == "TEXT", kind == "LOCATION":
		return nil
	case value == "" && !hasFile:
		return &engine.Detail{Field: "header_media", Text: "is required for " + kind + ", or header_value with the address of the file"}
	case value != "" && !isWebAddress(value):
		return &engine.Detail{Field: "header_value", Text: "must be the address of a file, which begins with http:// or https://"}
	}
	return nil
}

// isLocation reports whether a text is two numbers of degrees, such as 24.7136,46.6753.
func isLocation(text string) bool {
	latitude, longitude, _ := strings.Cut(text, ",")
	within := func(text string, most float64) bool {
		n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
		return err == nil && n >= -most && n <= most
	}
	return within(latitude, 90) && within(longitude, 180)
}

func isWebAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (strings.EqualFold(u.Scheme, "http") || strings.EqualFold(u.Scheme, "https")) && u.Host != ""
}
