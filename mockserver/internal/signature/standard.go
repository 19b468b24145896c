package signature

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
)

// StandardPrefix is what a secret begins with where a library of Standard Webhooks reads it.
const StandardPrefix = "whsec_"

// StandardSecret is a secret in the form that the libraries of Standard Webhooks 1.0 take: its bytes in base64.
func StandardSecret(secret string) string {
	return StandardPrefix + base64.StdEncoding.EncodeToString([]byte(secret))
}

// Standard is the signature of Standard Webhooks 1.0 over a message: "v1," and the HMAC-SHA256 of "id.timestamp.body" in
// base64. The timestamp is Unix time in seconds.
func (k *Key) Standard(id, timestamp string, body []byte) string {
	st := k.acquire()
	defer k.states.Put(st)
	st.text = append(append(append(append(st.text[:0], id...), '.'), timestamp...), '.')
	st.mac.Reset()
	st.mac.Write(st.text)
	st.mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(st.mac.Sum(st.sum[:0]))
}

// EqualSecret reports, in constant time, whether another key has the same secret.
func (k *Key) EqualSecret(other *Key) bool {
	a, b := sha256.Sum256([]byte(k.secret)), sha256.Sum256([]byte(other.secret))
	return hmac.Equal(a[:], b[:])
}
