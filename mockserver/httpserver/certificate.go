package httpserver

import (
	"cmp"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// Certificates that are made are valid for a year, and are not used in their last month: who trusts one today trusts it for a while.
const (
	certificateAge  = 365 * 24 * time.Hour
	certificateLeft = 30 * 24 * time.Hour
)

// Files of a certificate that is kept.
const (
	CertificateName = "certificate.pem"
	keyName         = "key.pem"
)

// certificate reads the certificate and its key of the options' files, else the one that was kept, else makes one. keeping is an error if it
// could not be kept, with which the mock can do.
func (o *Options) certificate(now time.Time) (c tls.Certificate, keeping, err error) {
	if o.CertFile != "" || o.KeyFile != "" {
		c, err = tls.LoadX509KeyPair(o.CertFile, o.KeyFile)
		return c, nil, err
	}
	if o.CertFolder == "" {
		c, _, _, err = makeCertificate(now)
		return c, nil, err
	}
	certFile, keyFile := filepath.Join(o.CertFolder, CertificateName), filepath.Join(o.CertFolder, keyName)
	if c, err := tls.LoadX509KeyPair(certFile, keyFile); err == nil && now.After(c.Leaf.NotBefore) && now.Add(certificateLeft).Before(c.Leaf.NotAfter) {
		return c, nil, nil
	}
	c, certPEM, keyPEM, err := makeCertificate(now)
	if err != nil {
		return c, nil, err
	}
	keeping = os.MkdirAll(o.CertFolder, 0o700)
	keeping = cmp.Or(keeping, replaceFile(keyFile, keyPEM, 0o600))
	keeping = cmp.Or(keeping, replaceFile(certFile, certPEM, 0o644))
	return c, keeping, nil
}

// replaceFile writes a file in one step, so that another mock that starts at the same time never reads half of it.
func replaceFile(path string, data []byte, mode os.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Chmod(mode), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// makeCertificate makes a certificate for this machine's loopback names.
func makeCertificate(now time.Time) (c tls.Certificate, certPEM, keyPEM []byte, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return c, nil, nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()),
		Subject:      pkix.Name{CommonName: "awalmock"},
		NotBefore:    now.Add(-time.Hour),
		NotAfter:     now.Add(certificateAge),
		KeyUsage:     x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		IsCA:         true, BasicConstraintsValid: true,
		DNSNames:    []string{"localhost"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return c, nil, nil, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return c, nil, nil, err
	}
	certPEM = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	keyPEM = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})
	c, err = tls.X509KeyPair(certPEM, keyPEM) // with its Leaf
	return c, certPEM, keyPEM, err
}
