package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"example.com/awalmock/contract/suite"
)

// config returns the settings of a run. It reads the files that flags name.
func (f *flags) config() (suite.Config, error) {
	cfg := f.plainConfig()
	if err := f.check(); err != nil {
		return cfg, err
	}
	if err := f.parseInto(&cfg); err != nil {
		return cfg, err
	}
	return cfg, f.readFiles(&cfg)
}

// plainConfig has the settings that are the values of flags as they are.
func (f *flags) plainConfig() suite.Config {
	return suite.Config{
		// the target and the capabilities
		BaseURL:           f.BaseURL,
		Credentials:       suite.Credentials{Domain: f.Domain, ClientID: f.ClientID, HMACSecret: f.HMACSecret, PhoneNumberID: f.PhoneNumberID},
		Second:            suite.Credentials{Domain: f.SecondDomain, ClientID: f.SecondClientID, HMACSecret: f.SecondHMACSecret, PhoneNumberID: f.SecondPhoneNumberID},
		SendTo:            f.SendTo,
		ControlURL:        f.ControlURL,
		ControlToken:      f.ControlToken,
		Listen:            f.Listen,
		WebhookBaseURL:    f.WebhookBaseURL,
		WebhookRegistered: f.WebhookRegistered,
		WebhookSecret:     f.WebhookSecret,
		WebhookWait:       f.WebhookWait,

		// what is asked
		Profile:       f.Profile,
		SignedPath:    f.SignedPath,
		SignedUpload:  f.SignedUpload,
		SearchFolding: f.SearchFolding,
		SpecName:      f.Spec,
		SpecVersion:   f.SpecVersion,
		Only:          f.Only,
		Skip:          f.Skip,
		Operations:    f.Operation,
		Tags:          f.Tag,
		Include:       f.Include,
		Exclude:       f.Exclude,
		Large:         f.Large,
		Seed:          f.Seed,

		// how it is asked, and judged
		MaxRequests:     f.MaxRequests,
		MaxBody:         f.MaxBody << 20, // the flag is in MiB
		Concurrency:     f.Concurrency,
		Timeout:         f.Timeout,
		Wait:            f.Wait,
		FailFast:        f.FailFast,
		Strict:          f.Strict,
		AllowUnverified: f.AllowUnverified,
		Insecure:        f.Insecure,
	}
}

// check refuses values that cannot be meant.
func (f *flags) check() error {
	noTarget := f.BaseURL == "" && !f.List
	credentials := f.Domain + f.ClientID + f.HMACSecret + f.PhoneNumberID + f.SecondDomain + f.SecondHMACSecret + f.ControlURL + f.ControlToken
	misspelt := slices.ContainsFunc(f.Unknown, func(v unknownVariable) bool { return v.nearest == variable("base-url") })
	switch {
	case noTarget && credentials != "":
		return errors.New("credentials or a control API are given, but no --base-url to check")
	case noTarget && misspelt:
		return errors.New("there is no --base-url, and the mock in this process is not what you meant to check; see the warning")
	case f.MaxBody < 1 || f.MaxBody > 1024:
		return fmt.Errorf("--max-body takes 1 to 1024 (MiB), not %d", f.MaxBody)
	case f.Timeout <= 0:
		return fmt.Errorf("--timeout must be positive, not %s", f.Timeout)
	case f.MaxRequests < 0:
		return fmt.Errorf("--max-requests must not be negative, as %d is", f.MaxRequests)
	}
	return nil
}

// parseInto adds the settings whose flags have a form of their own.
func (f *flags) parseInto(cfg *suite.Config) (err error) {
	if cfg.AuthProbes, err = authProbes(f.AuthProbes); err != nil {
		return err
	}
	if cfg.Headers, err = headers(f.Header); err != nil {
		return err
	}
	if cfg.Rate, err = perSecond(f.Rate); err != nil {
		return err
	}
	cfg.Capabilities, cfg.SendKinds, err = capabilities(f.Capability)
	return err
}

// readFiles adds what is in the files that flags name: another contract, the baseline, certificates.
func (f *flags) readFiles(cfg *suite.Config) error {
	if f.Spec != "" {
		raw, err := readBounded(f.Spec)
		if err != nil {
			return fmt.Errorf("--spec: %w", err)
		}
		cfg.Spec = raw
	}
	if f.Baseline != "" {
		raw, err := readBounded(f.Baseline)
		if err != nil {
			return fmt.Errorf("--baseline: %w", err)
		}
		if cfg.Baseline, err = suite.ReadBaseline(raw); err != nil {
			return fmt.Errorf("--baseline %s: %w", f.Baseline, err)
		}
	}
	if f.WriteBaseline != "" && f.WriteBaseline != f.Baseline {
		if _, err := os.Stat(f.WriteBaseline); err == nil {
			return fmt.Errorf("--write-baseline %s: there is such a file; give it as --baseline too, so that its reasons are kept, or take another name", f.WriteBaseline)
		}
	}
	var err error
	cfg.RootCAs, err = certificates(f.CAFile)
	return err
}

const mostMiB = 16 // of a contract or a baseline: a larger file was named by mistake, and would take minutes to read

// readBounded reads a file that the caller wrote. It is never nil without an error.
func readBounded(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	raw, err := io.ReadAll(io.LimitReader(file, mostMiB<<20+1))
	if err == nil && len(raw) > mostMiB<<20 {
		err = fmt.Errorf("%s is larger than %d MiB: is it the right file?", path, mostMiB)
	}
	return raw, err
}
