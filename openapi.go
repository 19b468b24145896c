// Package awalmock is the contract of the Awal Conversations API: the OpenAPI document that the mock server answers from and the contract
// suite checks against. It must not know how the document is served or checked.
package awalmock

import (
	"cmp"
	_ "embed" // for the go:embed directive below
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
)

//go:embed openapi.yaml
var openAPI string

// OpenAPI returns the document, an OpenAPI 3.0.3 description in YAML. It never fails and always returns the same text.
func OpenAPI() string {
	return openAPI
}

// A Build says what the running program was built from, as far as the go command recorded it.
type Build struct {
	Version  string // of this module, such as v1.2.3; devel: not recorded
	Commit   string // of the checkout, with +changes if files differed from it; unknown: not recorded
	Contract string // info.version of OpenAPI()
	Go       string // version and platform: go1.26.0 linux/amd64
}

// ReadBuild returns the Build of the running program, which may be a test of another module.
func ReadBuild() Build { return readBuild() }

var readBuild = sync.OnceValue(func() Build {
	_, version, _ := strings.Cut(openAPI, "\n  version: ")
	version, _, _ = strings.Cut(version, "\n")
	b := Build{Contract: version, Go: fmt.Sprintf("%s %s/%s", runtime.Version(), runtime.GOOS, runtime.GOARCH)}
	if info, ok := debug.ReadBuildInfo(); ok {
		b.Version, b.Commit = recorded(info)
	}
	b.Version, b.Commit = cmp.Or(strings.Trim(b.Version, "()"), "devel"), cmp.Or(b.Commit, "unknown")
	return b
})

// recorded is what a program's build information says of this module; the commit is there if the program itself is of this module.
func recorded(info *debug.BuildInfo) (version, commit string) {
	const module = "example.com/awalmock"
	if info.Main.Path != module {
		for _, dependency := range info.Deps {
			if dependency.Path == module {
				version = dependency.Version
			}
		}
		return version, ""
	}
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	commit = settings["vcs.revision"]
	if commit != "" && settings["vcs.modified"] == "true" {
		commit += "+changes"
	}
	return info.Main.Version, commit
}

// String returns the build in one line, to follow the name of a program.
func (b Build) String() string {
	return fmt.Sprintf("%s (commit %s, contract %s, %s)", b.Version, b.Commit, b.Contract, b.Go)
}
