package otherserver

import (
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A route is an operation: its method, its path (a star matches an id) and what it does.
type route struct {
	method, path string
	numbered     bool // it needs phone_number_id
	do           func(s *Server, c *call) (any, *failure)
}

func routes() []*route {
	return []*route{
		{http.MethodGet, "/conversations", true, (*Server).list},
		{http.MethodGet, "/conversations/*", true, (*Server).conversation},
		{http.MethodGet, "/fetch-message-status-app", true, (*Server).statusList},
		{http.MethodPost, "/w/message/text", true, (*Server).sendText},
		{http.MethodPost, "/w/message/media", true, (*Server).sendMedia},
		{http.MethodPost, "/w/message/template", true, (*Server).sendTemplate},
		{http.MethodPost, "/w/message/button", true, (*Server).sendButtons},
		{http.MethodPost, "/w/message/list", true, (*Server).sendList},
		{http.MethodPost, "/w/message/location", true, (*Server).sendLocation},
		{http.MethodPost, "/wechat/chat/events/*", true, (*Server).ticket},
		{http.MethodGet, "/waba-numbers", false, (*Server).listNumbers},
		{http.MethodGet, "/templates", false, (*Server).listTemplates},
		{http.MethodGet, "/templates/*", false, (*Server).template},
	}
}

// find finds the route of a request, by its path as sent.
func (s *Server) find(c *call) *failure {
	var allowed []string
	for _, r := range routes() {
		prefix, withID := strings.CutSuffix(r.path, "*")
		rest, below := strings.CutPrefix(c.path, prefix)
		if withID && (!below || rest == "" || strings.Contains(rest, "/")) || !withID && c.path != r.path {
			continue
		}
		if r.method == c.Method {
			c.route = r
			return nil
		}
		allowed = append(allowed, r.method)
	}
	if allowed != nil {
		c.header.Set("Allow", strings.Join(allowed, ", "))
		return &failure{status: http.StatusMethodNotAllowed, code: "method", message: "Not with this method."}
	}
	return notFound("There is nothing at this address.")
}

// parse reads what every operation has: the query, the version, the id of the path, the sending number.
func (s *Server) parse(c *call) *failure {
	values, err := url.ParseQuery(c.URL.RawQuery)
	if err != nil {
		if s.has("a broken escape in the query is a 500") {
			return &failure{status: http.StatusInternalServerError, code: "internal", message: err.Error()}
		}
		return invalid("query", "is not well encoded")
	}
	c.query = values
	for name, list := range values {
		if failed := s.parseText(name, list); failed != nil {
			return failed
		}
	}
	if version := c.Header.Values("X-API-Version"); len(version) > 0 && version[0] != "v1" {
		return invalid("X-API-Version", "only v1 is spoken here")
	}
	if strings.HasSuffix(c.route.path, "*") {
		id, ok := s.pathID(c)
		if !ok {
			return notFound("This id is none of ours.")
		}
		c.id = id
	}
	if !c.route.numbered {
		return nil
	}
	return s.parseNumber(c)
}

func (s *Server) parseText(name string, list []string) *failure {
	for _, value := range list {
		if utf8.ValidString(value) && !strings.Contains(value, "\x00") {
			continue
		}
		if s.has("a NUL in the query is a 500") && strings.Contains(value, "\x00") || s.has("bytes that are no UTF-8 are a 500") && !utf8.ValidString(value) {
			return &failure{status: http.StatusInternalServerError, code: "internal", message: "invalid byte sequence"}
		}
		return invalid(name, "has characters that are none")
	}
	return nil
}

// parseNumber finds the sending number, which must be the workspace's own.
func (s *Server) parseNumber(c *call) *failure {
	number := c.value("phone_number_id")
	switch {
	case number == "":
		wrong := map[string]string{"phone_number_id": "has to be given"}
		if status := s.word(c.value("status")); status != "" && !slices.Contains(words(), status) {
			wrong["status"] = "is another word"
		}
		return &failure{status: http.StatusBadRequest, code: "validation_failed", message: "Please look at your input once more.", details: wrong}
	case c.workspace.hasNumber(number):
		return nil
	case s.has("a send goes out over another's number") && c.route.path == "/w/message/text",
		s.has("a location goes out over another's number") && c.route.path == "/w/message/location",
		s.has("the status list takes any number") && c.route.path == "/fetch-message-status-app":
		if w := s.ownerOf(number); w != nil {
			c.workspace = w
			return nil
		}
	case s.has("tickets take any number") && c.route.path == "/wechat/chat/events/*" && s.ownerOf(number) != nil:
		return nil
	}
	return &failure{status: http.StatusForbidden, code: "not_yours", message: "This sending number is not one of yours.", details: map[string]string{"phone_number_id": "unknown here"}}
}

func (s *Server) ownerOf(number string) *workspace {
	i := slices.IndexFunc(s.workspaces, func(w *workspace) bool { return w.hasNumber(number) })
	if i < 0 {
		return nil
	}
	return s.workspaces[i]
}

// pathID reads the id of the path: decimal digits without sign or leading zeros.
func (s *Server) pathID(c *call) (int64, bool) {
	raw, err := url.PathUnescape(c.path[strings.LastIndexByte(c.path, '/')+1:])
	if err != nil {
		return 0, false
	}
	if n, ok := s.looseID(c, raw); ok {
		return n, true
	}
	if raw == "" || raw[0] == '0' && raw != "0" || strings.Trim(raw, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(raw, 10, 64)
	return n, err == nil
}

// looseID is the id as a server with one of the faults reads it.
func (s *Server) looseID(c *call, raw string) (int64, bool) {
	switch {
	case s.has("an id of 20 digits is the largest id") && len(raw) >= 19 && strings.Trim(raw, "0123456789") == "":
		return c.anyOwnID(), true
	case s.has("ids are cut to 32 bits"):
		n, err := strconv.ParseInt(raw, 10, 64)
		return n & math.MaxUint32, err == nil && n > math.MaxUint32
	case s.has("ids may be hexadecimal") && strings.HasPrefix(raw, "0x"):
		n, err := strconv.ParseInt(raw[2:], 16, 64)
		return n, err == nil
	case s.has("ids may have spaces around them"):
		n, err := strconv.ParseInt(strings.TrimSpace(raw), 10, 64)
		return n, err == nil
	case s.has("a template's id is read up to its first letter") && c.route.path == "/templates/*",
		s.has("a ticket's id is read up to its first letter") && c.route.path == "/wechat/chat/events/*":
		n, err := strconv.ParseInt(strings.TrimRightFunc(raw, func(r rune) bool { return r < '0' || r > '9' }), 10, 64)
		return n, err == nil
	}
	return 0, false
}

func (c *call) anyOwnID() int64 {
	if strings.HasPrefix(c.route.path, "/templates") {
		return c.workspace.templates[0].id
	}
	return c.workspace.conversations[0].id
}
