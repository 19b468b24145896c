package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// npmTime is the time of every file in a package, as npm pack writes it.
var npmTime = time.Date(1985, 10, 26, 8, 15, 0, 0, time.UTC)

// A manifest is a package.json.
type manifest map[string]any

// writeNPM writes npm packages, one for each platform and awalmock, which takes the right one of them. It needs Node and npm.
func (r *release) writeNPM() error {
	optional := map[string]string{}
	for _, p := range r.platforms {
		name, err := r.writePlatformPackage(p)
		if err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
		optional[name] = r.version
	}
	built, err := r.buildWrapper()
	if err != nil {
		return err
	}
	defer os.RemoveAll(built)
	text, err := os.ReadFile(filepath.Join(built, "package.json"))
	if err != nil {
		return err
	}
	var m manifest
	if err := json.Unmarshal(text, &m); err != nil {
		return err
	}
	m["version"], m["optionalDependencies"], m["homepage"] = r.version, optional, homepage
	delete(m, "devDependencies")
	delete(m, "scripts")
	var files []entry
	for _, folder := range []string{"bin", "dist"} {
		if files, err = appendFolder(files, built, folder); err != nil {
			return err
		}
	}
	readme, err := os.ReadFile(filepath.Join(built, "README.md"))
	if err != nil {
		return err
	}
	return r.writePackage("awalmock", m, append(files, entry{name: "README.md", mode: 0o644, data: readme}))
}

// nodeNames are the names that Node has for systems and processors.
var nodeNames = map[string]string{"windows": "win32", "amd64": "x64"}

func nodeName(name string) string {
	if other := nodeNames[name]; other != "" {
		return other
	}
	return name
}

func (r *release) writePlatformPackage(p platform) (name string, err error) {
	system, processor := nodeName(p.os), nodeName(p.arch)
	name = "@awalmock/" + system + "-" + processor
	suite := programs[1] // which is the mock, too, if it is started under that name: one file is half the download
	binary, err := r.file(filepath.Base(r.binary(suite, p)), "bin/"+suite.name+exe(p), 0o755)
	if err != nil {
		return "", err
	}
	readme := fmt.Sprintf("# %s\n\nThe program of [awalmock](%s) for %s. Install `awalmock`, which takes this package.\n", name, homepage, p)
	m := manifest{
		"name": name, "version": r.version, "description": fmt.Sprintf("The program of awalmock for %s", p), "license": "Apache-2.0", "homepage": homepage,
		"os": []string{system}, "cpu": []string{processor}, "preferUnplugged": true,
	}
	return name, r.writePackage("awalmock-"+system+"-"+processor, m, []entry{binary, {name: "README.md", mode: 0o644, data: []byte(readme)}})
}

// writePackage writes a package with the licences as npm packs it.
func (r *release) writePackage(file string, m manifest, files []entry) error {
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	licences, err := r.licenceFiles("")
	if err != nil {
		return err
	}
	files = append([]entry{{name: "package.json", mode: 0o644, data: append(text, '\n')}}, append(files, licences...)...)
	for i := range files {
		files[i].name = "package/" + files[i].name
	}
	data, err := tarGz(files, npmTime)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(r.folder, file+"-"+npmVersion(r.version)+".tgz"), data, 0o644)
}

// npmVersion is the version in the name of a file.
func npmVersion(version string) string { return strings.ReplaceAll(version, "+", "-") }

// buildWrapper builds the package awalmock in a folder of its own, so that nothing is left in the checkout.
func (r *release) buildWrapper() (string, error) {
	dir, err := os.MkdirTemp("", "npm-*")
	if err != nil {
		return "", err
	}
	source := filepath.Join(r.checkout, "mockserver", "npm")
	for _, name := range []string{"package.json", "package-lock.json", "tsconfig.json", "build.mjs", "README.md"} {
		if err := copyFile(filepath.Join(source, name), filepath.Join(dir, name)); err != nil {
			return dir, err
		}
	}
	for _, name := range []string{"bin", "src"} {
		if err := os.CopyFS(filepath.Join(dir, name), os.DirFS(filepath.Join(source, name))); err != nil {
			return dir, err
		}
	}
	for _, command := range [][]string{
		{"npm", "ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"},
		{"node", "build.mjs", filepath.Join(r.checkout, "openapi.yaml"), filepath.Join(r.checkout, "mockserver", "server", "control", "control.yaml")},
	} {
		cmd := exec.Command(command[0], command[1:]...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			return dir, fmt.Errorf("%s: %w\n%s", strings.Join(command, " "), err, out)
		}
	}
	return dir, nil
}

// appendFolder appends the files of a folder, by name.
func appendFolder(files []entry, root, folder string) ([]entry, error) {
	found := map[string]entry{}
	err := fs.WalkDir(os.DirFS(root), folder, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(root, name))
		mode := int64(0o644)
		if strings.HasPrefix(string(data), "#!") {
			mode = 0o755
		}
		found[name] = entry{name: name, mode: mode, data: data}
		return err
	})
	for _, name := range slices.Sorted(maps.Keys(found)) {
		files = append(files, found[name])
	}
	return files, err
}
