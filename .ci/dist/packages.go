package main

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/goreleaser/nfpm/v2"
	_ "github.com/goreleaser/nfpm/v2/deb" // packagers register themselves
	"github.com/goreleaser/nfpm/v2/files"
	_ "github.com/goreleaser/nfpm/v2/rpm"
)

// writePackages writes a .deb and an .rpm for each linux platform.
func (r *release) writePackages() error {
	for _, p := range r.platforms {
		if p.os != "linux" {
			continue
		}
		for _, format := range []string{"deb", "rpm"} {
			if err := r.writeLinuxPackage(format, p); err != nil {
				return fmt.Errorf("%s for %s: %w", format, p, err)
			}
		}
	}
	return nil
}

func (r *release) writeLinuxPackage(format string, p platform) error {
	dir, err := os.MkdirTemp("", "package-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	contents, err := r.packageFiles(dir, p)
	if err != nil {
		return err
	}
	info := nfpm.WithDefaults(&nfpm.Info{
		Name: "awalmock", Arch: p.arch, Platform: p.os, Version: r.version, Section: "devel", Priority: "optional",
		Maintainer: "the authors of awalmock <awalmock@example.com>", Description: summary, Homepage: homepage, License: "Apache-2.0", MTime: r.time,
		Overridables: nfpm.Overridables{Contents: contents},
	})
	info.RPM.BuildHost = "localhost" // not the name of the machine
	packager, err := nfpm.Get(format)
	if err != nil {
		return err
	}
	if err := nfpm.PrepareForPackager(info, format); err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(r.folder, packager.ConventionalFileName(info)))
	if err != nil {
		return err
	}
	defer f.Close()
	if err := packager.Package(info, f); err != nil {
		return err
	}
	return f.Close()
}

// packageFiles writes what a package has into a folder, and says where each file goes.
func (r *release) packageFiles(dir string, p platform) (files.Contents, error) {
	all, err := r.archiveFiles(p)
	if err != nil {
		return nil, err
	}
	var contents files.Contents
	for _, f := range all {
		if strings.HasPrefix(f.name, "man/") {
			if f.data, err = gz(f.data); err != nil {
				return nil, err
			}
			f.name += ".gz"
		}
		source := filepath.Join(dir, path.Base(f.name))
		if err := os.WriteFile(source, f.data, 0o600); err != nil {
			return nil, err
		}
		contents = append(contents, &files.Content{
			Source: source, Destination: installed(f.name),
			FileInfo: &files.ContentFileInfo{Mode: os.FileMode(f.mode), MTime: r.time, Owner: "root", Group: "root"},
		})
	}
	return contents, nil
}

// installed is where a file of the archive is on a system.
func installed(name string) string {
	base := path.Base(name)
	switch {
	case strings.HasPrefix(name, "man/"):
		return "/usr/share/man/man1/" + base
	case strings.HasSuffix(name, ".bash"):
		return "/usr/share/bash-completion/completions/" + strings.TrimSuffix(base, ".bash")
	case strings.HasSuffix(name, ".fish"):
		return "/usr/share/fish/vendor_completions.d/" + base
	case strings.HasPrefix(name, "completions/"):
		return "/usr/share/zsh/vendor-completions/" + base
	case name == "LICENSE" || name == thirdParty || name == "README.md":
		return "/usr/share/doc/awalmock/" + base
	default:
		return "/usr/bin/" + base
	}
}
