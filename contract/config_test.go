package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCapabilitiesAddUpAndOneCanBeTakenBack(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(file, []byte("capability: [send, control]\nsend-to: [966555000001]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, args := range map[string][]string{
		"send,control":         nil,
		"control":              {"--capability", "send=off"},
		"send,control,tickets": {"--capability", "tickets"},
	} {
		f, err := parse(append([]string{"--config", file}, args...), nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		cfg, err := f.config()
		if got := strings.Join(cfg.Capabilities, ","); err != nil || got != want {
			t.Errorf("%v: %s (%v), want %s", args, got, err, want)
		}
	}
	f, err := parse([]string{"--capability", "control=off"}, []string{"CONTRACT_CONFIG=" + file, "CONTRACT_CAPABILITY=rate-limit,send=off"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if cfg, err := f.config(); err != nil || strings.Join(cfg.Capabilities, ",") != "rate-limit" {
		t.Errorf("environment and flag: %v (%v)", cfg.Capabilities, err)
	}
}

func TestAConfigFileIsTakenAsItIsWritten(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "config.yaml")
	read := func(text string) (*flags, error) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return parse([]string{"--config", file}, nil, nil)
	}
	f, err := read("hmac-secret: 0x1F\nphone-number-id: 0123456\nsend-to: [0966, 12e3]\nreport-dir:\nstrict: true\n")
	if err != nil {
		t.Fatal(err)
	}
	if f.HMACSecret != "0x1F" || f.PhoneNumberID != "0123456" || strings.Join(f.SendTo, " ") != "0966 12e3" || f.ReportDir != "" || !f.Strict {
		t.Errorf("%+v", f)
	}
	if _, err := read(""); err != nil {
		t.Errorf("an empty file: %v", err)
	}
	for want, text := range map[string]string{
		"there must be flags as keys":                   "just a text\n",
		":2: seed appears twice":                        "seed: 1\nseed: 2\n",
		":2: capability takes a value or a list of val": "capability:\n  send: true\n",
		":1: only takes a value or a list of values":    "only: [[A]]\n",
		`:2: there is no setting "strit"`:               "seed: 1\nstrit: true\n",
	} {
		if _, err := read(text); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
