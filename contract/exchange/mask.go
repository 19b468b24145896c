package exchange

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"html"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// mask removes secrets from a text of the target before anything else reads it, so that no message can show them.
func (c *Client) mask(e *Exchange, text string) string {
	c.mu.Lock()
	hide := c.masker
	c.mu.Unlock()
	clean := hide.Replace(text)
	e.Revealed = e.Revealed || clean != text
	return clean
}

// AddSecrets adds secrets to those that are masked.
func (c *Client) AddSecrets(secrets ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.secrets = append(c.secrets, secrets...)
	c.masker = Masker(longSecrets(c.secrets...)...)
}

// Masker masks all secrets, also those that are too short to be masked in answers.
func (c *Client) Masker() *strings.Replacer {
	c.mu.Lock()
	defer c.mu.Unlock()
	return Masker(c.secrets...)
}

// longSecrets leaves out short secrets. The data of a target may contain them by chance, and masking would change what the rules judge. They are masked in reports.
func longSecrets(secrets ...string) []string {
	return slices.DeleteFunc(secrets, func(secret string) bool { return len(secret) < 12 })
}

// Masked is what is shown instead of a secret.
const Masked = "«secret»"

// Masker masks secrets in a text, also in the forms that a server, JSON, a URL or a shell would write them in. A secret shorter than four bytes
// would mask half the report.
func Masker(secrets ...string) *strings.Replacer {
	var pairs []string
	for _, secret := range secrets {
		if len(secret) < 4 {
			continue
		}
		var plain strings.Builder
		encoder := json.NewEncoder(&plain)
		encoder.SetEscapeHTML(false)
		escaped, err := json.Marshal(secret)
		if err != nil || encoder.Encode(secret) != nil {
			continue
		}
		for _, form := range []string{
			secret, inner(string(escaped)), inner(strings.TrimSpace(plain.String())), inner(strconv.Quote(secret)),
			url.QueryEscape(secret), url.PathEscape(secret), html.EscapeString(secret), strings.ReplaceAll(secret, "'", `'\''`),
			base64.StdEncoding.EncodeToString([]byte(secret)), hex.EncodeToString([]byte(secret)),
		} {
			pairs = append(pairs, form, Masked)
		}
	}
	return strings.NewReplacer(pairs...)
}

// inner is a quoted text without its quotes.
func inner(quoted string) string { return quoted[1 : len(quoted)-1] }
