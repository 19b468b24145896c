package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"
)

// cask is the file of a Homebrew cask.
var cask = template.Must(template.New("cask").Parse(`cask "awalmock" do
  arch arm: "arm64", intel: "amd64"

  version "{{.Version}}"
  sha256 arm:   "{{.ARM}}",
         intel: "{{.Intel}}"

  url "{{.Homepage}}/releases/download/v#{version}/awalmock_#{version}_darwin_#{arch}.tar.gz"
  name "awalmock"
  desc "{{.Description}}"
  homepage "{{.Homepage}}"

  binary "awalmock"
  binary "awalmock-contract"
{{range .Names}}  bash_completion "completions/{{.}}.bash"
  fish_completion "completions/{{.}}.fish"
  zsh_completion "completions/_{{.}}"
  manpage "man/{{.}}.1"
{{end}}end
`))

// writeManifests writes awalmock.rb, a Homebrew cask, and awalmock.json, a manifest of Scoop, both with the checksums of the archives. Without
// archives for their platforms there is nothing to write.
func (r *release) writeManifests() error {
	sums := map[platform]string{}
	for _, p := range r.platforms {
		sum, err := r.checksum(r.archive(p))
		if os.IsNotExist(err) {
			return nil
		}
		if err != nil {
			return err
		}
		sums[p] = sum
	}
	if len(sums) < len(allPlatforms()) {
		return nil
	}
	var names []string
	for _, program := range programs {
		names = append(names, program.name)
	}
	var text strings.Builder
	if err := cask.Execute(&text, map[string]any{
		"Version": r.version, "ARM": sums[platform{"darwin", "arm64"}], "Intel": sums[platform{"darwin", "amd64"}],
		"Homepage": homepage, "Description": strings.TrimPrefix(summary, "A "), "Names": names,
	}); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(r.folder, "awalmock.rb"), []byte(text.String()), 0o644); err != nil {
		return err
	}
	return r.writeScoop(sums)
}

func (r *release) writeScoop(sums map[platform]string) error {
	download := func(p platform) map[string]any {
		return map[string]any{"url": fmt.Sprintf("%s/releases/download/v%s/%s", homepage, r.version, r.archive(p)), "hash": sums[p]}
	}
	text, err := json.MarshalIndent(map[string]any{
		"version": r.version, "description": summary, "homepage": homepage, "license": "Apache-2.0",
		"architecture": map[string]any{"64bit": download(platform{"windows", "amd64"}), "arm64": download(platform{"windows", "arm64"})},
		"bin":          []string{"awalmock.exe", "awalmock-contract.exe"},
	}, "", "    ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(r.folder, "awalmock.json"), append(text, '\n'), 0o644)
}
