package main

import (
	"context"
	"crypto/x509"
	"fmt"
	"io"
	"os"
	"time"

	"example.com/awalmock/contract/receiver"
	"example.com/awalmock/contract/report"
	"example.com/awalmock/contract/suite"
)

// receiverFlags are the command line of contract receiver. Each is also CONTRACT_… in the environment and a key of the --config file.
type receiverFlags struct {
	URL             string        `placeholder:"URL" help:"Your webhook receiver, as you would register it: http://127.0.0.1:3000/hook."`
	Secret          string        `help:"Secret that the receiver verifies with; better in CONTRACT_SECRET. Without it, that of the mock's first workspace (your-hmac-secret)."`
	Signature       string        `default:"awal" placeholder:"awal|standard|both" help:"Scheme of signatures: X-Awal-Signature-256, Standard Webhooks, or both (awal)."`
	EffectsURL      string        `name:"effects-url" placeholder:"URL" help:"Where the receiver shows what it has done, as JSON with a message_id (and a status) for each message; asked with ?message_id=…"`
	WebhookTimeout  time.Duration `default:"10s" help:"How long an answer may take (10s)."`
	Strict          bool          `help:"The run also fails if a SHOULD fails."`
	Only            []string      `placeholder:"ID" help:"Requirements and cases to check; all by default."`
	Skip            []string      `placeholder:"ID" help:"Requirements and cases to leave out."`
	Timeout         time.Duration `default:"2m" help:"Longest time of the whole run (2m)."`
	Wait            time.Duration `default:"0s" help:"Wait up to this long, such as 30s, until the receiver answers (not at all)."`
	Header          []string      `sep:"\n" placeholder:"'NAME: VALUE'" help:"Header of every request, such as one that a gateway needs."`
	AllowUnverified bool          `help:"Exit with 0 although some MUST could not be checked."`
	Spec            string        `placeholder:"FILE" help:"Take the events from another version of the contract."`
	ReportDir       string        `placeholder:"DIR" help:"Write report.json, junit.xml, report.html and report.sarif there, also if nothing could be checked."`
	Annotations     string        `default:"auto" placeholder:"auto|github|off" help:"Annotations and a summary for GitHub; auto: where GITHUB_ACTIONS is set (auto)."`
	JSON            bool          `help:"Print the report (with --list: the list) as JSON."`
	List            bool          `help:"Print the requirements and cases, without a request."`
	CAFile          string        `name:"ca-file" placeholder:"FILE" help:"Certificates (PEM) to trust in addition to the system's."`
	Insecure        bool          `help:"Do not check the receiver's certificate."`
	Config          string        `placeholder:"FILE" help:"YAML file with flags as keys; a flag or the environment wins."`
}

// receiverSecret is the secret of the command receiver, or "".
func (f *flags) receiverSecret() string {
	if f.Receiver == nil {
		return ""
	}
	return f.Receiver.Secret
}

// Help is what --help says beside the flags.
func (*receiverFlags) Help() string { return exitCodes }

// config returns the settings of a check. It reads the files that flags name.
func (f *receiverFlags) config() (receiver.Config, error) {
	cfg := receiver.Config{
		URL: f.URL, Secret: f.Secret, Scheme: f.Signature, EffectsURL: f.EffectsURL, Patience: f.WebhookTimeout, Timeout: f.Timeout, Wait: f.Wait,
		Strict: f.Strict, Only: f.Only, Skip: f.Skip, SpecName: f.Spec, Insecure: f.Insecure, AllowUnverified: f.AllowUnverified, Program: program(),
	}
	var err error
	if cfg.Headers, err = headers(f.Header); err != nil {
		return cfg, err
	}
	if f.Spec != "" {
		if cfg.Spec, err = os.ReadFile(f.Spec); err != nil {
			return cfg, fmt.Errorf("--spec: %w", err)
		}
	}
	cfg.RootCAs, err = certificates(f.CAFile)
	return cfg, err
}

// certificates are those of the system and of a file; nil without a file.
func certificates(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("--ca-file: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(raw) {
		return nil, fmt.Errorf("--ca-file %s: there is no PEM certificate in it", file)
	}
	return pool, nil
}

// checkReceiver does what the flags of the command receiver ask for. An error is a wrong use, a receiver that cannot be checked, or a report
// that cannot be written.
func checkReceiver(ctx context.Context, all *flags, env []string, stdout io.Writer, stderr *masking) (int, error) {
	f := all.Receiver
	github, err := githubOf(f.Annotations, f.Spec, env)
	if err != nil {
		return 0, err
	}
	cfg, err := f.config()
	if err != nil {
		return 0, err
	}
	if f.List {
		listing, err := receiver.List(cfg)
		if err != nil {
			return 0, err
		}
		return 0, showListing(&listing, f.JSON, stdout)
	}
	if f.ReportDir != "" {
		if err := report.Prepare(f.ReportDir); err != nil {
			return 0, fmt.Errorf("--report-dir cannot be written: %w", err)
		}
	}
	screen := newTerminal(stdout, stderr)
	cfg.OnCase = screen.progress
	result, unchecked := receiver.Run(ctx, cfg)
	screen.clear()
	if f.ReportDir != "" {
		if err := report.Write(f.ReportDir, &result); err != nil {
			return 0, fmt.Errorf("the reports could not be written: %w", err)
		}
	}
	if err := github.show(&result, stderr); err != nil || unchecked != nil {
		return 0, firstError(unchecked, err)
	}
	return result.ExitCode, screen.receiver(&result, f)
}

// firstError is the first of some errors that is one.
func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// receiver prints what came of a run of the command receiver.
func (t *terminal) receiver(r *suite.Report, f *receiverFlags) error {
	if f.JSON {
		return report.JSON(t.out, r)
	}
	t.summary(r, f.ReportDir)
	return nil
}
