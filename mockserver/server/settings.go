package server

import (
	"fmt"
	"net/http"
	"time"

	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/signature"
	"example.com/awalmock/mockserver/internal/spec"
	"example.com/awalmock/mockserver/internal/webhook"
)

// settings are the options of a mock with their texts parsed. They are made once, by New: a change of document or of fixtures
// cannot fail because of an option.
type settings struct {
	Options
	vendor   engine.Vendor
	path     signature.Path
	upload   signature.Upload
	skew     time.Duration   // 0: any timestamp
	rate     *spec.RateLimit // for all operations; nil: the document's
	limited  bool
	origins  []string // that browsers may ask from; none: no CORS
	delivery sandbox.Delivery
	retries  []time.Duration   // of webhooks
	signed   webhook.Signature // of webhooks

	comesBack func(workspace string) // called when a workspace that has left memory is there again
}

// resolve fills in the defaults and parses the texts. An error is a *UsageError.
func (o Options) resolve() (settings, error) {
	o.setDefaults()
	s := settings{Options: o, vendor: awal(), limited: o.RateLimit != "off"}
	for _, check := range []func() error{
		o.notNegative,
		o.checkBaseURL,
		o.checkWords,
		func() (err error) { s.path, err = signature.ParsePath(o.SignedPath); return usage("signed-path", err) },
		func() (err error) {
			s.upload, err = signature.ParseUpload(o.SignedUpload)
			return usage("signed-upload", err)
		},
		func() (err error) { s.skew, err = signature.ParseSkew(o.MaxSkew); return usage("max-skew", err) },
		func() (err error) { s.origins, err = parseOrigins(o.CORSOrigin); return err },
		func() (err error) {
			s.retries, err = webhook.ParseRetries(o.WebhookRetries)
			return usage("webhook-retries", err)
		},
		func() (err error) {
			s.signed, err = webhook.ParseSignature(o.WebhookSignature)
			return usage("webhook-signature", err)
		},
		func() error { return usage("webhook-url", webhook.CheckURL(o.WebhookURL)) },
		func() (err error) { s.delivery, err = parseDelivery(o.Delivery); return err },
		func() (err error) {
			if o.RateLimit != "off" && o.RateLimit != "spec" {
				s.rate, err = parseRate(o.RateLimit)
			}
			return err
		},
	} {
		if err := check(); err != nil {
			return settings{}, err
		}
	}
	return s, nil
}

// usage names the option that an error is about.
func usage(option string, err error) error {
	if err == nil {
		return nil
	}
	return &UsageError{option, err.Error()}
}

// checkWords checks the options that are one of a few words.
func (o *Options) checkWords() error {
	if o.MissingHeaders != http.StatusUnauthorized && o.MissingHeaders != http.StatusBadRequest {
		return &UsageError{"missing-headers", fmt.Sprintf("must be 401 or 400, not %d", o.MissingHeaders)}
	}
	if err := oneOf("auth", o.Auth, "hmac", "headers", "off"); err != nil {
		return err
	}
	if err := oneOf("check-answers", o.CheckAnswers, "made", "always"); err != nil {
		return err
	}
	if o.ValidationStatus != http.StatusBadRequest && o.ValidationStatus != http.StatusUnprocessableEntity {
		return &UsageError{"validation-status", fmt.Sprintf("must be 400 or 422, not %d", o.ValidationStatus)}
	}
	if err := oneOf("sunset", o.Sunset, "refuse", "warn"); err != nil {
		return err
	}
	if err := oneOf("storage-url", o.StorageURL, "vendor", "self"); err != nil {
		return err
	}
	if err := oneOf("branch-delete", o.BranchDelete, "refuse", "unlink"); err != nil {
		return err
	}
	return oneOf("search-folding", o.SearchFolding, "none", "arabic")
}
