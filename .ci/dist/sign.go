package main

import (
	"fmt"
	"os"
	"path/filepath"

	"aead.dev/minisign"
)

// checksums is the file that is signed: it has the checksum of every other file.
const checksums = "SHA256SUMS"

// sign writes SHA256SUMS.minisig, as minisign -V reads it. Without a key there is no signature.
func (r *release) sign() error {
	if r.key == "" {
		return nil
	}
	text, err := os.ReadFile(r.key)
	if err != nil {
		return fmt.Errorf("-key: %w", err)
	}
	var key minisign.PrivateKey
	if err := key.UnmarshalText(text); err != nil {
		return fmt.Errorf("-key %s: %w", r.key, err)
	}
	sums, err := os.ReadFile(filepath.Join(r.folder, checksums))
	if err != nil {
		return err
	}
	signature := minisign.SignWithComments(key, sums, "awalmock "+r.version, "signature of "+checksums)
	return os.WriteFile(filepath.Join(r.folder, checksums+".minisig"), signature, 0o644)
}
