// Command dist builds a release of awalmock into a folder: static binaries of both programs, archives with completion scripts and man
// pages, packages for Debian and Red Hat, npm packages, OCI images from scratch, files for Homebrew and Scoop, the licences and a list
// of all modules, checksums, and a signature if there is a key. Two runs on the same commit make the same bytes, but for the signature.
package main

import (
	"cmp"
	"crypto/sha256"
	"debug/buildinfo"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"example.com/awalmock/dist/licences"
)

const (
	// thirdParty is the file with the licences of what is linked into the programs.
	thirdParty = "THIRD_PARTY_LICENSES"
	homepage   = "https://example.com/awalmock"
	summary    = "A mock server and a contract test suite for the Awal Conversations API (unofficial)"
)

// A program is one of the two that are released. Its folder in the checkout has another name.
type program struct{ name, folder string }

var programs = []program{{"awalmock", "mockserver"}, {"awalmock-contract", "contract"}}

type platform struct{ os, arch string }

func (p platform) String() string { return p.os + "/" + p.arch }

func allPlatforms() []platform {
	return []platform{
		{"linux", "amd64"},
		{"linux", "arm64"},
		{"darwin", "amd64"},
		{"darwin", "arm64"},
		{"windows", "amd64"},
		{"windows", "arm64"},
	}
}

// A release is what is built, and where.
type release struct {
	checkout, folder string
	platforms        []platform
	version          string    // without v, such as 1.2.0
	time             time.Time // of the commit: the time of everything that has one
	mutants          string    // path of mutants.json; "": it is not part of the release
	key              string    // path of a minisign key without a password; "": no signature
	extras           []entry   // completion scripts and man pages
}

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "dist:", err)
		os.Exit(1)
	}
}

func run(args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("dist", flag.ContinueOnError)
	var r release
	only := flags.String("only", "", "parts to build, with commas between them: "+strings.Join(partNames(), ", ")+" (default all)")
	onlyFor := flags.String("platform", "", "build for one platform, such as linux/amd64 (default all)")
	flags.StringVar(&r.mutants, "mutants", "", "mutants.json of this commit, to go with the release")
	flags.StringVar(&r.key, "key", "", "minisign key without a password that signs the checksums")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 2 {
		return fmt.Errorf("usage: dist [flags] CHECKOUT FOLDER")
	}
	for _, p := range allPlatforms() {
		if *onlyFor == "" || *onlyFor == p.String() {
			r.platforms = append(r.platforms, p)
		}
	}
	if r.platforms == nil {
		return fmt.Errorf("-platform: there is no %q", *onlyFor)
	}
	wanted := partNames()
	if *only != "" {
		wanted = strings.Split(*only, ",")
	}
	for _, name := range wanted {
		if !slices.Contains(partNames(), name) {
			return fmt.Errorf("-only: there is no part %q", name)
		}
	}
	var err error
	if r.checkout, err = filepath.Abs(flags.Arg(0)); err != nil {
		return err
	}
	if r.folder, err = filepath.Abs(flags.Arg(1)); err != nil {
		return err
	}
	return r.build(wanted, stdout)
}

// parts are what a release has beside binaries and licences, in the order in which they are built.
var parts = []struct {
	name  string
	build func(*release) error
}{
	{"archives", (*release).writeArchives},
	{"packages", (*release).writePackages},
	{"npm", (*release).writeNPM},
	{"images", (*release).writeImages},
	{"modules", (*release).writeModules},
	{"manifests", (*release).writeManifests},
}

func partNames() (names []string) {
	for _, p := range parts {
		names = append(names, p.name)
	}
	return names
}

func (r *release) build(wanted []string, stdout io.Writer) error {
	// A release holds what this run made and nothing else.
	if err := os.RemoveAll(r.folder); err != nil {
		return err
	}
	if err := os.MkdirAll(r.folder, 0o755); err != nil {
		return err
	}
	if err := r.writeLicences(); err != nil {
		return fmt.Errorf("licences: %w", err)
	}
	for _, program := range programs {
		for _, p := range r.platforms {
			if err := r.compile(program, p, r.binary(program, p)); err != nil {
				return err
			}
		}
	}
	if err := r.describe(); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "awalmock %s\n", r.version)
	for _, part := range parts {
		if !slices.Contains(wanted, part.name) {
			continue
		}
		if err := part.build(r); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	if r.mutants != "" {
		if err := copyFile(r.mutants, filepath.Join(r.folder, "mutants.json")); err != nil {
			return err
		}
	}
	if err := r.writeChecksums(); err != nil {
		return err
	}
	return r.sign()
}

// describe finds out the version and the time of the commit, and writes completion scripts and man pages with a program that runs here.
func (r *release) describe() error {
	info, err := buildinfo.ReadFile(r.binary(programs[0], r.platforms[0]))
	if err != nil {
		return err
	}
	r.version = strings.TrimPrefix(info.Main.Version, "v")
	if r.version == "" || r.version == "(devel)" {
		r.version = "0.0.0-devel"
	}
	r.time = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC) // the first time that a zip file can have
	for _, s := range info.Settings {
		if s.Key == "vcs.time" {
			if r.time, err = time.Parse(time.RFC3339, s.Value); err != nil {
				return err
			}
		}
	}
	return r.writeExtras()
}

// writeExtras runs the programs for what they print of themselves.
func (r *release) writeExtras() error {
	here := platform{runtime.GOOS, runtime.GOARCH}
	for _, program := range programs {
		path := r.binary(program, here)
		if !slices.Contains(r.platforms, here) {
			dir, err := os.MkdirTemp("", "dist-*")
			if err != nil {
				return err
			}
			defer os.RemoveAll(dir)
			path = filepath.Join(dir, program.name)
			if err := r.compile(program, here, path); err != nil {
				return err
			}
		}
		for _, x := range []struct{ args, file string }{
			{"completion bash", "completions/" + program.name + ".bash"},
			{"completion zsh", "completions/_" + program.name},
			{"completion fish", "completions/" + program.name + ".fish"},
			{"man", "man/" + program.name + ".1"},
		} {
			cmd := exec.Command(path)
			cmd.Args = append([]string{program.name}, strings.Fields(x.args)...) // the name that is in the text
			text, err := cmd.Output()
			if err != nil {
				return fmt.Errorf("%s %s: %w", program.name, x.args, err)
			}
			r.extras = append(r.extras, entry{name: x.file, mode: 0o644, data: text})
		}
	}
	return nil
}

// writeLicences writes LICENSE, and THIRD_PARTY_LICENSES for what is linked into the programs.
func (r *release) writeLicences() error {
	var packages []string
	for _, program := range programs {
		packages = append(packages, "./"+program.folder)
	}
	var all []licences.Platform
	for _, p := range r.platforms {
		all = append(all, licences.Platform{OS: p.os, Arch: p.arch})
	}
	text, err := licences.Collect(r.checkout, packages, all)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(r.folder, thirdParty), text, 0o644); err != nil {
		return err
	}
	return copyFile(filepath.Join(r.checkout, "LICENSE"), filepath.Join(r.folder, "LICENSE"))
}

func copyFile(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o644)
}

// file is a file of the release as an entry of an archive.
func (r *release) file(name, inArchive string, mode int64) (entry, error) {
	data, err := os.ReadFile(filepath.Join(r.folder, name))
	return entry{name: inArchive, mode: mode, data: data}, err
}

// exe is what the name of a program ends with on a platform.
func exe(p platform) string {
	if p.os == "windows" {
		return ".exe"
	}
	return ""
}

// binary is the file of a program for a platform.
func (r *release) binary(program program, p platform) string {
	return filepath.Join(r.folder, fmt.Sprintf("%s-%s-%s%s", program.name, p.os, p.arch, exe(p)))
}

// compile builds a program without anything that differs between machines, such as paths and build ids. The commit is recorded, where there is
// one, for --version.
func (r *release) compile(program program, p platform, path string) error {
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=auto", "-ldflags=-s -w -buildid=", "-o", path, "./"+program.folder)
	cmd.Dir = r.checkout
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "GOOS="+p.os, "GOARCH="+p.arch)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s for %s: %w\n%s", program.name, p, err, out)
	}
	return nil
}

// writeChecksums writes SHA256SUMS, as sha256sum -c reads it.
func (r *release) writeChecksums() error {
	entries, err := os.ReadDir(r.folder)
	if err != nil {
		return err
	}
	var lines []string
	for _, e := range entries {
		sum, err := r.checksum(e.Name())
		if err != nil {
			return err
		}
		lines = append(lines, fmt.Sprintf("%s  %s\n", sum, e.Name()))
	}
	slices.SortFunc(lines, func(a, b string) int { return cmp.Compare(a[64:], b[64:]) })
	return os.WriteFile(filepath.Join(r.folder, checksums), []byte(strings.Join(lines, "")), 0o644)
}

// checksum is that of a file of the release, in hexadecimal.
func (r *release) checksum(name string) (string, error) {
	data, err := os.ReadFile(filepath.Join(r.folder, name))
	return fmt.Sprintf("%x", sha256.Sum256(data)), err
}
