// Package licences gathers the licence texts of everything that is linked into a program. It uses the standard library only.
package licences

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// A Platform is a GOOS and a GOARCH: on another platform other modules are linked.
type Platform struct{ OS, Arch string }

// A component is a module, or a part of one that has a licence of its own, with the texts that belong to it.
type component struct {
	name, version string
	files         []file
}

type file struct{ name, text string }

var (
	licenceName = regexp.MustCompile(`(?i)^((un)?licen[cs]e|copying)([-._][a-z0-9.-]+)?$`)
	noticeName  = regexp.MustCompile(`(?i)^(notice|patents|copyright)(\.(txt|md))?$`)
)

// Collect returns the text of THIRD_PARTY_LICENSES for the packages of a checkout: the licence of each module that is linked
// into them on one of the platforms, of Go, of Swagger UI, and of what is built into the page. A module without a licence is an error.
func Collect(checkout string, packages []string, platforms []Platform) ([]byte, error) {
	linked := map[string]*component{}
	for _, p := range platforms {
		if err := addLinked(linked, checkout, packages, p); err != nil {
			return nil, err
		}
	}
	if module := linked["github.com/swaggest/swgui"]; module != nil {
		ui, err := swaggerUI(checkout)
		if err != nil {
			return nil, err
		}
		linked[ui.name] = ui
	}
	if err := addPage(linked, checkout); err != nil {
		return nil, err
	}
	golang, err := goLicence(checkout)
	if err != nil {
		return nil, err
	}
	linked[golang.name] = golang
	return render(linked)
}

// A listed package is what `go list -json` says of one.
type listed struct {
	Dir    string
	Module *module
}

type module struct {
	Path, Version, Dir string
	Main               bool
	Replace            *module
}

// addLinked adds the modules that are linked into the packages on a platform.
func addLinked(linked map[string]*component, checkout string, packages []string, p Platform) error {
	args := append([]string{"list", "-deps", "-json=Dir,Module"}, packages...)
	out, err := goCommand(checkout, p, args...)
	if err != nil {
		return err
	}
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var l listed
		if err := decoder.Decode(&l); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if l.Module == nil || l.Module.Main { // the standard library, or the project itself
			continue
		}
		if err := addModule(linked, l); err != nil {
			return err
		}
	}
}

// addModule adds the texts of a package's module: those of its root, and those of the folders that lead to the package.
func addModule(linked map[string]*component, l listed) error {
	m := l.Module
	c := linked[m.Path]
	if c == nil {
		c = &component{name: m.Path, version: m.Version}
		linked[m.Path] = c
	}
	root := m.Dir
	if m.Replace != nil {
		root = m.Replace.Dir
	}
	inside, err := filepath.Rel(root, l.Dir)
	if err != nil {
		return err
	}
	folder := "."
	for _, part := range append([]string{"."}, strings.Split(filepath.ToSlash(inside), "/")...) {
		folder = path.Join(folder, part)
		if err := c.addFolder(os.DirFS(root), folder); err != nil {
			return fmt.Errorf("%s: %w", m.Path, err)
		}
	}
	return nil
}

// addFolder adds the licences and notices that lie in a folder.
func (c *component) addFolder(root fs.FS, folder string) error {
	entries, err := fs.ReadDir(root, folder)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := path.Join(folder, e.Name())
		known := slices.ContainsFunc(c.files, func(f file) bool { return f.name == name })
		if e.IsDir() || known || !isLicence(name) && !noticeName.MatchString(e.Name()) {
			continue
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		c.files = append(c.files, file{name, string(text)})
	}
	return nil
}

// isLicence reports whether a file is a licence by its name. A file of Go code, such as license.go, is none.
func isLicence(name string) bool {
	return licenceName.MatchString(path.Base(name)) && path.Ext(name) != ".go" || strings.HasSuffix(name, ".LICENSE.txt")
}

func (c *component) hasLicence() bool {
	return slices.ContainsFunc(c.files, func(f file) bool { return isLicence(f.name) && strings.TrimSpace(f.text) != "" })
}

// goLicence returns the licence of Go: its standard library and runtime are in every program.
func goLicence(checkout string) (*component, error) {
	out, err := goCommand(checkout, Platform{}, "env", "GOROOT", "GOVERSION")
	if err != nil {
		return nil, err
	}
	root, version, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	c := &component{name: "Go (standard library and runtime)", version: version}
	return c, c.addFolder(os.DirFS(root), ".")
}

// The licences of Swagger UI, which the module swgui embeds without them. They come from the npm package swagger-ui-dist of this version.
//
//go:embed swagger-ui
var swaggerUIFiles embed.FS

const swaggerUIVersion = "v5.29.1"

// swaggerUI returns the licences of Swagger UI, if the module embeds the version that they are of.
func swaggerUI(checkout string) (*component, error) {
	dir, err := goCommand(checkout, Platform{}, "list", "-m", "-f", "{{.Dir}}", "github.com/swaggest/swgui")
	if err != nil {
		return nil, err
	}
	makefile, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "Makefile"))
	if err != nil {
		return nil, err
	}
	if !strings.Contains(string(makefile), "SWAGGER_UI_VERSION_V5 := "+swaggerUIVersion+"\n") {
		return nil, fmt.Errorf("the module github.com/swaggest/swgui does not embed Swagger UI %s: take the licence files of its version "+
			"from the npm package swagger-ui-dist into .ci/dist/licences/swagger-ui, and change swaggerUIVersion", swaggerUIVersion)
	}
	c := &component{name: "Swagger UI", version: swaggerUIVersion}
	folder, err := fs.Sub(swaggerUIFiles, "swagger-ui")
	if err != nil {
		return nil, err
	}
	return c, c.addFolder(folder, ".")
}

// The licences of what is built into the page of the mock. They come from the npm packages of these versions.
//
//go:embed page
var pageFiles embed.FS

// pageVersions has the packages as package-lock.json of the page names them.
var pageVersions = map[string]string{"preact": "11.2.0", "@preact/signals": "2.11.4", "@preact/signals-core": "1.14.5"}

// addPage adds what is built into the page, if the checkout has one, and its versions are those that the licences are of.
func addPage(linked map[string]*component, checkout string) error {
	text, err := os.ReadFile(filepath.Join(checkout, "mockserver/server/console/package-lock.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var lock struct {
		Packages map[string]struct{ Version string } `json:"packages"`
	}
	if err := json.Unmarshal(text, &lock); err != nil {
		return fmt.Errorf("package-lock.json of the page: %w", err)
	}
	for name, version := range pageVersions {
		if has := lock.Packages["node_modules/"+name].Version; has != version {
			return fmt.Errorf("the page has %s %s: take its licence into .ci/dist/licences/page, and change pageVersions", name, has)
		}
	}
	c := &component{name: "preact, @preact/signals, @preact/signals-core", version: pageVersions["preact"]}
	folder, err := fs.Sub(pageFiles, "page")
	if err != nil {
		return err
	}
	linked[c.name] = c
	return c.addFolder(folder, ".")
}

// render writes all components, by name. One without a licence is an error.
func render(linked map[string]*component) ([]byte, error) {
	var out bytes.Buffer
	var without []string
	out.WriteString("The programs of this release contain the software that is listed here, under these licences.\n")
	for _, name := range slices.Sorted(maps.Keys(linked)) {
		c := linked[name]
		if !c.hasLicence() {
			without = append(without, c.name+" "+c.version)
		}
		fmt.Fprintf(&out, "\n%s\n%s %s\n", strings.Repeat("=", 80), c.name, c.version)
		for _, f := range c.files {
			fmt.Fprintf(&out, "%s\n%s\n\n%s\n", strings.Repeat("-", 80), f.name, strings.TrimSpace(f.text))
		}
	}
	if len(without) > 0 {
		return nil, fmt.Errorf("no licence was found for %s: a release must not contain it", strings.Join(without, ", "))
	}
	return out.Bytes(), nil
}

// goCommand runs the go command as a release is built; the zero Platform is the present one.
func goCommand(checkout string, p Platform, args ...string) ([]byte, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir = checkout
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "PWD="+checkout)
	if p.OS != "" {
		cmd.Env = append(cmd.Env, "GOOS="+p.OS, "GOARCH="+p.Arch)
	}
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, complaint.String())
	}
	return out, nil
}
