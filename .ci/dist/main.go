// Command dist builds a release of awalmock into a folder: static binaries of both programs, the licences and a list of their
// modules, OCI images from scratch, and checksums. Two runs on the same commit make the same bytes.
package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"example.com/awalmock/dist/licences"
)

// thirdParty is the file with the licences of what is linked into the programs.
const thirdParty = "THIRD_PARTY_LICENSES"

var (
	programs  = []string{"mockserver", "contract"}
	platforms = []platform{
		{"linux", "amd64"}, {"linux", "arm64"},
		{"darwin", "amd64"}, {"darwin", "arm64"},
		{"windows", "amd64"}, {"windows", "arm64"},
	}
)

type platform struct{ os, arch string }

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: dist CHECKOUT FOLDER")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "dist:", err)
		os.Exit(1)
	}
}

func run(checkout, folder string) error {
	checkout, err := filepath.Abs(checkout)
	if err != nil {
		return err
	}
	if folder, err = filepath.Abs(folder); err != nil {
		return err
	}
	// A release holds what this run made and nothing else.
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	if err := writeLicences(checkout, folder); err != nil {
		return fmt.Errorf("licences: %w", err)
	}
	for _, program := range programs {
		for _, p := range platforms {
			if err := build(checkout, folder, program, p); err != nil {
				return err
			}
		}
		if err := writeImage(folder, program); err != nil {
			return fmt.Errorf("image of %s: %w", program, err)
		}
	}
	if err := writeModules(folder); err != nil {
		return fmt.Errorf("list of modules: %w", err)
	}
	return writeChecksums(folder)
}

// writeLicences writes LICENSE, and THIRD_PARTY_LICENSES for what is linked into the programs.
func writeLicences(checkout, folder string) error {
	var packages []string
	for _, program := range programs {
		packages = append(packages, "./"+program)
	}
	var all []licences.Platform
	for _, p := range platforms {
		all = append(all, licences.Platform{OS: p.os, Arch: p.arch})
	}
	text, err := licences.Collect(checkout, packages, all)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, thirdParty), text, 0o644); err != nil {
		return err
	}
	own, err := os.ReadFile(filepath.Join(checkout, "LICENSE"))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "LICENSE"), own, 0o644)
}

// binary is the file of a program for a platform.
func binary(folder, program string, p platform) string {
	name := fmt.Sprintf("%s-%s-%s", program, p.os, p.arch)
	if p.os == "windows" {
		name += ".exe"
	}
	return filepath.Join(folder, name)
}

// build builds a program without anything that differs between machines, such as paths and build ids. The commit is recorded, where there is
// one, for --version.
func build(checkout, folder, program string, p platform) error {
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=auto", "-ldflags=-s -w -buildid=", "-o", binary(folder, program, p), "./"+program)
	cmd.Dir = checkout
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "GOOS="+p.os, "GOARCH="+p.arch)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s for %s/%s: %w\n%s", program, p.os, p.arch, err, out)
	}
	return nil
}

// writeChecksums writes SHA256SUMS, as sha256sum -c reads it.
func writeChecksums(folder string) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	var lines []string
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			return err
		}
		lines = append(lines, fmt.Sprintf("%x  %s\n", sha256.Sum256(data), e.Name()))
	}
	slices.Sort(lines)
	return os.WriteFile(filepath.Join(folder, "SHA256SUMS"), []byte(strings.Join(lines, "")), 0o644)
}
