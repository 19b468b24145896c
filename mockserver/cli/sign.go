package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"regexp"
	"strings"

	"example.com/awalmock/mockserver/internal/signature"
)

type signCommand struct {
	Method       string `arg:"" help:"GET, POST, …"`
	URL          string `arg:"" help:"Whole URL, or a path behind the base URL such as /conversations?phone_number_id=123456."`
	Body         string `placeholder:"FILE" help:"File that holds the body."`
	ContentType  string `default:"application/json" help:"Content type of the body (${default})."`
	BaseURL      string `default:"http://127.0.0.1:4010/api/developer" help:"Base URL of the API (${default})."`
	Domain       string `default:"your-workspace" help:"Workspace (${default})."`
	ClientID     string `default:"your-client-id" help:"Client id (${default})."`
	HMACSecret   string `name:"hmac-secret" default:"your-hmac-secret" help:"The workspace's secret; the default is the mock's."`
	SignedPath   string `default:"relative" enum:"relative,full" placeholder:"relative|full" help:"Path in the string to sign (${default})."`
	SignedUpload string `default:"body" enum:"body,empty" placeholder:"body|empty" help:"What of an upload (multipart/form-data) is signed (${default})."`
	Insecure     bool   `help:"Let curl accept a certificate that no authority has signed."`

	Warnings []string `kong:"-"` // about the environment
}

// methodWord is what a request begins with.
var methodWord = regexp.MustCompile(`^[A-Za-z]+$`)

func (c *signCommand) run(_ context.Context, stdout, stderr io.Writer) error {
	for _, warning := range c.Warnings {
		fmt.Fprintln(stderr, programName()+": warning:", warning)
	}
	base, err := url.Parse(c.BaseURL)
	if err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Host == "" || base.RawQuery != "" || base.Fragment != "" {
		return &usageError{fmt.Errorf("--base-url: must be like http://127.0.0.1:4010/api/developer, not %q", c.BaseURL)}
	}
	if !methodWord.MatchString(c.Method) {
		return &usageError{fmt.Errorf("METHOD: must be a word such as GET or POST, not %q", c.Method)}
	}
	if c.Body != "" {
		if info, err := os.Stat(c.Body); err != nil || !info.Mode().IsRegular() {
			return &usageError{fmt.Errorf("--body: there is no file %s; the line sends what is in it when it runs", c.Body)}
		}
	}
	line := curl{
		Method: c.Method, URL: c.URL, Body: c.Body, ContentType: c.ContentType,
		BasePath: strings.TrimSuffix(base.EscapedPath(), "/"), Full: c.SignedPath == "full",
		BodyUnsigned: c.SignedUpload == "empty" && signature.IsUpload(c.ContentType),
		Domain:       c.Domain, ClientID: c.ClientID, Secret: c.HMACSecret, Insecure: c.Insecure,
	}
	if strings.HasPrefix(c.URL, "/") {
		line.URL = strings.TrimSuffix(c.BaseURL, "/") + c.URL
	}
	text, err := line.String()
	if err != nil {
		return &usageError{err}
	}
	_, err = fmt.Fprintln(stdout, text)
	return err
}

// curl is a request as a line of shell that signs it as it runs, with openssl.
type curl struct {
	Method, URL, Body, ContentType string
	BasePath                       string
	Full                           bool // sign the full path
	BodyUnsigned                   bool // sign nothing in the place of the body
	Domain, ClientID, Secret       string
	Insecure                       bool
	Unsigned                       bool // a GET and nothing else
}

// String is the line. A URL that curl would change on the way, or that has no path, is an error.
func (c curl) String() (string, error) {
	_, rest, ok := strings.Cut(c.URL, "://")
	slash := strings.IndexByte(rest, '/')
	if !ok || slash < 0 {
		return "", errors.New("URL: must be a whole URL with a path, or begin with /")
	}
	if strings.ContainsAny(c.URL, " #\t\r\n") {
		return "", errors.New("URL: must not hold spaces or #; write %20 and %23")
	}
	flags := "-gsS --path-as-is"
	if c.Insecure {
		flags += " -k"
	}
	if c.Unsigned {
		return "curl " + flags + " " + quote(c.URL), nil
	}
	scheme := signature.Scheme{BasePath: c.BasePath}
	if c.Full {
		scheme.Path = signature.Full
	}
	method := strings.ToUpper(c.Method)
	toSign := `printf '%s' ` + quote(method+scheme.Target(rest[slash:])) + `"$t"`
	data := ""
	if c.Body != "" {
		if !c.BodyUnsigned {
			toSign = "{ " + toSign + "; cat " + quote(c.Body) + "; }"
		}
		data = " -H " + quote("Content-Type: "+c.ContentType) + " --data-binary " + quote("@"+c.Body)
	}
	if method != "GET" {
		flags += " -X " + quote(method)
	}
	return `t=$(date +%s); s=$(` + toSign + ` | openssl dgst -sha256 -hmac ` + quote(c.Secret) + ` -r | cut -d' ' -f1); curl ` + flags +
		` -H 'Accept: application/json' -H ` + quote("X-Domain: "+c.Domain) + ` -H ` + quote("X-Client-ID: "+c.ClientID) +
		` -H "X-Timestamp: $t" -H "X-Awal-Signature-256: sha256=$s"` + data + " " + quote(c.URL), nil
}

// quote makes one word of the shell.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
