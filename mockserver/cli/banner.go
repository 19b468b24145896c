package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"example.com/awalmock"
	"example.com/awalmock/mockserver/httpserver"
	"example.com/awalmock/mockserver/internal/printable"
	"example.com/awalmock/mockserver/server"
)

// banner says where the mock is, how to get in, and one line that works when pasted, also an hour later.
func (c *serveCommand) banner(stdout io.Writer, s *server.Server, origin string) error {
	baseURL := origin + s.BasePath()
	if c.Banner == "json" {
		return json.NewEncoder(stdout).Encode(started(s, origin))
	}
	if c.Quiet {
		_, err := fmt.Fprintln(stdout, baseURL)
		return err
	}
	workspace := s.Workspaces()[0]
	number := ""
	if len(workspace.PhoneNumberIDs) > 0 {
		number = workspace.PhoneNumberIDs[0]
	}
	line := curl{
		Method: "GET", URL: baseURL + "/conversations?phone_number_id=" + number + "&status=unread",
		BasePath: s.BasePath(), Full: c.SignedPath == "full",
		Domain: workspace.Domain, ClientID: workspace.ClientID, Secret: workspace.Secret, Insecure: c.TLS && c.TLSCert == "", Unsigned: c.Auth == "off",
	}
	try, err := howToTry(s, &line)
	if err != nil {
		return err
	}
	page := ""
	if s.HasConsole() {
		page = "\n  page             " + origin + "/"
	}
	banner := fmt.Sprintf(`awalmock: an unofficial mock of the Awal Conversations API
version %s

  base URL         %s%s
  contract         %s/openapi.yaml
  docs             %s/docs
  control API      %s
  X-Domain         %s
  X-Client-ID      %s
  secret           %s
  phone_number_id  %s
  clock            %s%s%s

%s

Stop it with Ctrl-C.

`, awalmock.ReadBuild(), baseURL, page, origin, origin, controlLine(s, origin), workspace.Domain, workspace.ClientID, workspace.Secret, strings.Join(workspace.PhoneNumberIDs, ", "), c.clockLine(), c.storeLine(), c.certificateLine(), try)
	_, err = io.WriteString(stdout, printable.Text(banner)) // domains, ids and secrets are the fixtures'
	return err
}

// howToTry gives a line to paste, or says what to do where the document does not have its operation.
func howToTry(s *server.Server, line *curl) (string, error) {
	if !s.Serves("listConversations") {
		return "Open the docs above to read the document's operations and to try them.", nil
	}
	text, err := line.String()
	if line.Unsigned {
		return "Try it:\n\n  " + text, err
	}
	return "Try it (the line signs as it runs, so it works at any time):\n\n  " + text, err
}

func controlLine(s *server.Server, origin string) string {
	if s.ControlOff() {
		return "off: others can reach this address; start with --control-token"
	}
	return origin + "/__admin"
}

// certificateLine says where the certificate is that the mock has made for itself.
func (c *serveCommand) certificateLine() string {
	if !c.TLS || c.TLSCert != "" || certificateFolder() == "" {
		return ""
	}
	return "\n  certificate      " + filepath.Join(certificateFolder(), httpserver.CertificateName) + ", for clients that are to trust it"
}

// storeLine says where what happens is kept, unless that is in memory.
func (c *serveCommand) storeLine() string {
	if c.Store == "memory" {
		return ""
	}
	return "\n  store            " + storeName(c.Store)
}

// A startedMock is what a program that started the mock has to know of it.
type startedMock struct {
	BaseURL    string             `json:"base_url"`
	ControlURL string             `json:"control_url,omitempty"` // absent where the control API is off
	Version    string             `json:"version"`
	Contract   string             `json:"contract_version"`
	Workspaces []startedWorkspace `json:"workspaces"` // the default one first
}

type startedWorkspace struct {
	Domain         string   `json:"domain"`
	ClientID       string   `json:"client_id"`
	Secret         string   `json:"secret"`
	PhoneNumberIDs []string `json:"phone_number_ids"`
}

func started(s *server.Server, origin string) startedMock {
	build := awalmock.ReadBuild()
	m := startedMock{BaseURL: origin + s.BasePath(), ControlURL: origin + "/__admin", Version: build.Version, Contract: build.Contract}
	if s.ControlOff() {
		m.ControlURL = ""
	}
	for _, w := range s.Workspaces() {
		m.Workspaces = append(m.Workspaces, startedWorkspace{w.Domain, w.ClientID, w.Secret, w.PhoneNumberIDs})
	}
	return m
}

// clockLine says which time it is in the workspaces, and what comes of it.
func (c *serveCommand) clockLine() string {
	switch {
	case !c.Clock.IsZero():
		return "stopped at " + c.Clock.UTC().Format(time.RFC3339)
	case c.ResetEvery > 0:
		return "real; the data is reset every " + c.ResetEvery.String()
	default:
		return "real: after 24 hours all open conversations have expired; --reset-every 12h resets the data"
	}
}
