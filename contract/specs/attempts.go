package specs

import (
	"crypto"
	"net/http"

	"example.com/awalmock/contract/exchange"
)

// An attempt is one request of a derived case: it changes a valid request, and says which statuses a correct server may answer with.
type attempt struct {
	name      string
	body      int // index of the media type of the body, among those that the operation accepts
	change    func(r *exchange.Request) *exchange.Request
	want      []int                            // statuses of a correct server; nil: any documented answer
	signsBody bool                             // it is about the body in the string to sign
	level     string                           // weaker than the requirement's, "" for the same
	judge     func(t *T, e *exchange.Exchange) // instead of want
	exists    bool                             // a DELETE is for a record that exists: it is created for the attempt
}

// The statuses that a correct server may answer with: where the vendor's pages contradict each other, all of them are accepted.
func refused() []int { return []int{http.StatusUnauthorized} }

func refusedLoose() []int { return []int{http.StatusUnauthorized, http.StatusBadRequest} }

func refusedStale() []int { return []int{http.StatusForbidden, http.StatusUnauthorized} }

func refusedStamp() []int {
	return []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden}
}

func refusedClient() []int {
	return []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound}
}

func accepted() []int { return []int{http.StatusOK} }

func signed(name string, s exchange.Signing, want []int) attempt {
	return attempt{name: name, change: func(r *exchange.Request) *exchange.Request { return r.With(s) }, want: want}
}

func eachHeader(name string, how func(string) exchange.Signing) []attempt {
	var out []attempt
	for _, header := range exchange.AuthHeaders() {
		out = append(out, signed(name+header, how(header), refusedLoose()))
	}
	return out
}

func otherSecrets() []attempt {
	return []attempt{
		signed("signed with another secret", exchange.Signing{Secret: new("not-the-secret")}, refused()),
		signed("signed with an empty secret", exchange.Signing{Secret: new("")}, refused()),
		signed("signed with its client id as the secret", exchange.Signing{KeyHeader: exchange.HeaderClient}, refused()),
		signed("signed with its workspace as the secret", exchange.Signing{KeyHeader: exchange.HeaderDomain}, refused()),
		signed("whose signature is the SHA-256 of the text, without a secret", exchange.Signing{Wrap: &exchange.Wrapping{Prefix: "sha256=", Plain: true}}, refused()),
	}
}

func otherForms() []attempt {
	of := func(name, value string) attempt {
		return signed("with "+name+" as its signature", exchange.Signing{Value: &value}, refusedLoose())
	}
	wearing := func(name string, form exchange.Wrapping) attempt {
		return signed("whose signature is the right digest "+name, exchange.Signing{Wrap: &form}, refusedLoose())
	}
	return []attempt{
		wearing("without sha256=", exchange.Wrapping{Prefix: ""}),
		wearing("after sha1=", exchange.Wrapping{Prefix: "sha1="}),
		wearing("after sha512=", exchange.Wrapping{Prefix: "sha512="}),
		wearing("after hmac=", exchange.Wrapping{Prefix: "hmac="}),
		signed("whose signature is sha1= and the HMAC-SHA1", exchange.Signing{Wrap: &exchange.Wrapping{Prefix: "sha1=", Hash: crypto.SHA1}}, refusedLoose()),
		signed("whose signature is md5= and the HMAC-MD5", exchange.Signing{Wrap: &exchange.Wrapping{Prefix: "md5=", Hash: crypto.MD5}}, refusedLoose()),
		signed("whose signature is sha512= and the HMAC-SHA512", exchange.Signing{Wrap: &exchange.Wrapping{Prefix: "sha512=", Hash: crypto.SHA512}}, refusedLoose()),
		of("a word", "garbage"),
		of("sha256= and no digest", "sha256="),
		of("64 letters that are not hexadecimal digits", "sha256=zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"),
		of("64 zeros", "sha256=0000000000000000000000000000000000000000000000000000000000000000"),
	}
}

func eachTampering() []attempt {
	var out []attempt
	for _, m := range exchange.Tamperings() {
		out = append(out, signed("whose digest has "+m.Name, exchange.Signing{Tampering: &m}, refusedLoose()))
	}
	return out
}

func eachStampForm() []attempt {
	var out []attempt
	for _, form := range exchange.TimestampForms() {
		out = append(out, signed("whose X-Timestamp is "+form.Name, exchange.Signing{TimestampForm: &form}, refusedStamp()))
	}
	return out
}
