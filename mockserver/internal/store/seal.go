package store

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
)

// A Key encrypts the secrets of a store: AES-256-GCM.
type Key struct{ aead cipher.AEAD }

const keySize = 32

// NewKey makes a key, as ParseKey reads it.
func NewKey() string {
	key := make([]byte, keySize)
	_, _ = rand.Read(key) // it never fails
	return base64.StdEncoding.EncodeToString(key)
}

// ParseKey reads a key: 32 bytes in base64. Its error does not show what was read.
func ParseKey(text string) (Key, error) {
	bytes, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(bytes) != keySize {
		return Key{}, fmt.Errorf("must be %d bytes in base64, as mockserver store key prints them", keySize)
	}
	block, err := aes.NewCipher(bytes)
	if err != nil {
		return Key{}, err
	}
	aead, err := cipher.NewGCM(block)
	return Key{aead}, err
}

// seal encrypts a secret for its place: it cannot be opened in another one.
func (k Key) seal(secret, place string) []byte {
	nonce := make([]byte, k.aead.NonceSize())
	_, _ = rand.Read(nonce) // it never fails
	return k.aead.Seal(nonce, nonce, []byte(secret), []byte(place))
}

var errOtherKey = errors.New("is encrypted with another key")

func (k Key) open(sealed []byte, place string) (string, error) {
	n := k.aead.NonceSize()
	if len(sealed) < n {
		return "", errOtherKey
	}
	text, err := k.aead.Open(nil, sealed[:n], sealed[n:], []byte(place))
	if err != nil {
		return "", errOtherKey
	}
	return string(text), nil
}
