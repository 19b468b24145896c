package licences

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const checkout = "../../.."

var everywhere = []Platform{{"linux", "amd64"}, {"darwin", "arm64"}, {"windows", "amd64"}}

func TestARelease_HasTheLicenceOfEachModuleThatIsLinkedIntoIt(t *testing.T) {
	t.Parallel()
	text, err := Collect(checkout, []string{"./mockserver", "./contract"}, everywhere)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"\ngithub.com/getkin/kin-openapi v", "\ngithub.com/onsi/ginkgo/v2 v", "\ngolang.org/x/sys v", "\nGo (standard library and runtime) go1.",
		"\nSwagger UI v5.", "\npreact, @preact/signals", "Jason Miller", "Preact Team", "SmartBear Software", "DOMPurify", "\nNOTICE\n", "\nPATENTS\n",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%q is missing", want)
		}
	}
	for _, unwanted := range []string{"\nexample.com/awalmock", "google/go-containerregistry", "pgregory.net/rapid"} {
		if strings.Contains(string(text), unwanted) {
			t.Errorf("%q is there, and is not linked", unwanted)
		}
	}
	here, err := filepath.Abs(checkout)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), here) {
		t.Error("it contains the path of the checkout")
	}
}

func TestARelease_IsRefusedWithTheNameOfAModuleThatHasNoLicence(t *testing.T) {
	t.Parallel()
	for name, files := range map[string][]string{
		"nothing":            nil,
		"a notice only":      {"NOTICE"},
		"Go code by a name":  {"license.go"},
		"a licence of blank": {"LICENSE"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Collect(project(t, files...), []string{"."}, everywhere[:1])
			if err == nil || !strings.Contains(err.Error(), "no licence was found for example.com/other v1.0.0") {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestARelease_TakesALicenceByAnyUsualName(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"LICENSE", "LICENSE.txt", "License.md", "licence", "COPYING", "UNLICENSE", "LICENSE-MIT", "inside/LICENSE"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := project(t)
			write(t, filepath.Join(folder, "other", name), "Do what you want.")
			text, err := Collect(folder, []string{"."}, everywhere[:1])
			if err != nil || !strings.Contains(string(text), "\n"+name+"\n\nDo what you want.\n") {
				t.Errorf("%v\n%s", err, text)
			}
		})
	}
}

// project makes a program that links a package of another module, which has files of these names without a text.
func project(t *testing.T, files ...string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":               "module example.com/program\n\ngo 1.26\n\nrequire example.com/other v1.0.0\n\nreplace example.com/other => ./other\n",
		"main.go":              "package main\n\nimport _ \"example.com/other/inside\"\n\nfunc main() {}\n",
		"other/go.mod":         "module example.com/other\n\ngo 1.26\n",
		"other/inside/code.go": "package inside\n",
	} {
		write(t, filepath.Join(folder, name), text)
	}
	for _, name := range files {
		text := "\n"
		if strings.HasSuffix(name, ".go") {
			text = "package other\n"
		}
		write(t, filepath.Join(folder, "other", name), text)
	}
	return folder
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
