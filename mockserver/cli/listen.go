package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"example.com/awalmock/mockserver/internal/forward"
	"example.com/awalmock/mockserver/internal/signature"
	"example.com/awalmock/mockserver/server/control"
)

// mockAddress is where the mock is that a command talks to, and what opens its control API.
type mockAddress struct {
	From         string `default:"http://127.0.0.1:4010" placeholder:"URL" help:"Address of the mock (${default})."`
	Workspace    string `placeholder:"DOMAIN" help:"Workspace; the mock's default one if absent."`
	ControlToken string `placeholder:"TOKEN" help:"Token that the mock was started with."`
	Insecure     bool   `help:"Accept a certificate that no known authority has signed."`
}

// url is an address of the control API. The base URL of the API will do for the mock's address.
func (a *mockAddress) url(path string, query url.Values) (string, error) {
	u, err := url.Parse(a.From)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return "", &usageError{fmt.Errorf("--from: must be the address of a mock such as http://127.0.0.1:4010, not %q", a.From)}
	}
	if a.Workspace != "" {
		query.Set("workspace", a.Workspace)
	}
	prefix := strings.TrimSuffix(strings.TrimSuffix(u.EscapedPath(), "/"), "/api/developer")
	whole := u.Scheme + "://" + u.Host + prefix + control.Prefix + path
	if len(query) > 0 {
		whole += "?" + query.Encode()
	}
	return whole, nil
}

// client sends requests to the mock. It has no time-out of its own.
func (a *mockAddress) client() *http.Client {
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true}
	transport.TLSClientConfig = &tls.Config{InsecureSkipVerify: a.Insecure, MinVersion: tls.VersionTLS12} //nolint:gosec // --insecure asks for it
	return &http.Client{Transport: transport}
}

func (a *mockAddress) authorize(r *http.Request) {
	if a.ControlToken != "" {
		r.Header.Set("Authorization", "Bearer "+a.ControlToken)
	}
}

type listenCommand struct {
	mockAddress
	ForwardTo  string   `required:"" placeholder:"URL" help:"Address of the receiver on this machine, such as http://127.0.0.1:3000/hook."`
	Events     []string `placeholder:"EVENT,…" help:"Forward only these events; all if absent."`
	Since      string   `placeholder:"ID" help:"Begin behind the event of this id; with what happens from now on if absent."`
	ClientID   string   `placeholder:"ID" help:"Client id, to sign the request instead of sending a token."`
	HMACSecret string   `name:"hmac-secret" placeholder:"SECRET" help:"Its secret."`
	Verbose    bool     `short:"v" help:"Show bodies, too."`

	Warnings []string `kong:"-"` // about the environment
}

// receiverTime is how long a receiver on this machine may take.
const receiverTime = 10 * time.Second

func (c *listenCommand) run(ctx context.Context, stdout, stderr io.Writer) error {
	for _, warning := range c.Warnings {
		fmt.Fprintln(stderr, programName()+": warning:", warning)
	}
	to, err := url.Parse(c.ForwardTo)
	if err != nil || to.Scheme != "http" && to.Scheme != "https" || to.Host == "" {
		return &usageError{fmt.Errorf("--forward-to: must be a whole address such as http://127.0.0.1:3000/hook, not %q", c.ForwardTo)}
	}
	if (c.ClientID == "") != (c.HMACSecret == "") || c.ClientID != "" && c.Workspace == "" {
		return &usageError{errors.New("--workspace, --client-id and --hmac-secret go together: a request is signed with all three")}
	}
	stream, err := c.url("/webhooks/stream", url.Values{"target": {to.RequestURI()}})
	if err != nil {
		return err
	}
	err = forward.Run(ctx, forward.Options{
		Stream: stream, To: c.ForwardTo, Since: c.Since, Events: c.Events, Verbose: c.Verbose, Authorize: c.sign,
		Client: c.client(), Receiver: &http.Client{Timeout: receiverTime, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		Out: stdout, Now: time.Now,
	})
	var refused *forward.RefusedError
	if errors.As(err, &refused) && refused.Status == http.StatusUnauthorized {
		return fmt.Errorf("%w; give --control-token, or --workspace, --client-id and --hmac-secret", err)
	}
	return err
}

// sign adds the token, or a client's signature over the whole path.
func (c *listenCommand) sign(r *http.Request) {
	c.authorize(r)
	if c.ClientID == "" {
		return
	}
	timestamp := strconv.FormatInt(time.Now().Unix(), 10)
	r.Header.Set("X-Domain", c.Workspace)
	r.Header.Set("X-Client-ID", c.ClientID)
	r.Header.Set("X-Timestamp", timestamp)
	r.Header.Set("X-Awal-Signature-256", signature.Sign(c.HMACSecret, signature.Request{Method: r.Method, Target: r.URL.RequestURI(), Timestamp: timestamp}))
}
