// Package docs tests that the documents of the project lead to what is there.
package docs

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	link = regexp.MustCompile(`\]\(([^)#:\s]+)(#[^)]*)?\)`)
	// named is a file or a folder of the project as a document names it in its text, without a placeholder.
	named = regexp.MustCompile("`((?:mockserver|contract|fixtures|docs|\\.github|\\.ci)/[A-Za-z0-9_./-]*)`")
)

// documents are the Markdown files of the project, by their path.
func documents(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := fs.WalkDir(os.DirFS(".."), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git") {
			return fs.SkipDir
		}
		if !d.IsDir() && path.Ext(name) == ".md" {
			text, err := os.ReadFile(filepath.Join("..", name))
			found[name] = string(text)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < 15 {
		t.Fatalf("only %d documents were found", len(found))
	}
	return found
}

func TestEveryLinkOfADocumentLeadsToAFile(t *testing.T) {
	t.Parallel()
	for name, text := range documents(t) {
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join("..", path.Dir(name), m[1])); err != nil {
				t.Errorf("%s: the link %s leads nowhere", name, m[1])
			}
		}
	}
}

// quoted is a block of code whose first line names the file that it is taken from.
var quoted = regexp.MustCompile("(?s)```(?:go|yaml)\n(?://|#) ([a-z][A-Za-z0-9_./-]+)\n(.+?)```")

func TestTheExamplesOfTheContractStandInTheCode(t *testing.T) {
	t.Parallel()
	blocks := quoted.FindAllStringSubmatch(documents(t)["docs/contract.md"], -1)
	if len(blocks) < 3 {
		t.Errorf("only %d blocks of code name their file", len(blocks))
	}
	line := func(text string) string { return strings.Join(strings.Fields(text), " ") }
	for _, m := range blocks {
		file, err := os.ReadFile(filepath.Join("..", m[1]))
		if err != nil || !strings.Contains(line(string(file)), line(m[2])) {
			t.Errorf("%s does not have these lines (%v):\n%s", m[1], err, m[2])
		}
	}
}

func TestEveryFileThatContributorsAreToldToChangeIsThere(t *testing.T) {
	t.Parallel()
	text := documents(t)[".github/CONTRIBUTING.md"]
	files := named.FindAllStringSubmatch(text, -1)
	if len(files) < 40 {
		t.Errorf("only %d files are named", len(files))
	}
	for _, m := range files {
		if _, err := os.Stat(filepath.Join("..", m[1])); err != nil {
			t.Errorf("%s is not there", m[1])
		}
	}
	for _, task := range []string{"an operation", "a requirement", "a mutant", "a resource", "a fault", "a flag", "an operation of the control API", "a conversation", "an event kind"} {
		if !strings.Contains(text, "\n### … add "+task) {
			t.Errorf("it does not say how to add %s", task)
		}
	}
}

// namedTest is a test as a document names it.
var namedTest = regexp.MustCompile("`(Test[A-Z][A-Za-z0-9_]*)`")

// testSources is the text of all tests of the project.
func testSources(t *testing.T) string {
	t.Helper()
	var sources strings.Builder
	err := fs.WalkDir(os.DirFS(".."), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git"):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(filepath.Join("..", name))
		sources.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sources.String()
}

func TestEveryTestThatTheArchitectureNamesIsThere(t *testing.T) {
	t.Parallel()
	sources := testSources(t)
	names := namedTest.FindAllStringSubmatch(documents(t)["docs/architecture.md"], -1)
	if len(names) < 40 {
		t.Errorf("only %d tests are named", len(names))
	}
	for _, m := range names {
		if !strings.Contains(sources, "\nfunc "+m[1]+"(t *testing.T) {") {
			t.Errorf("there is no %s", m[1])
		}
	}
}

// longTests are the tests that make test runs in full, as the Makefile names them.
var longTests = regexp.MustCompile(`(?m)^LONG := (.+)$`)

func TestEveryLongTestThatTheMakefileNamesIsThere(t *testing.T) {
	t.Parallel()
	makefile, err := os.ReadFile("../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	m := longTests.FindStringSubmatch(string(makefile))
	if m == nil {
		t.Fatal("the Makefile names none")
	}
	sources := testSources(t)
	for _, part := range strings.Split(m[1], "|") {
		if !regexp.MustCompile(`\nfunc Test\w*` + part).MatchString(sources) {
			t.Errorf("no test has %s in its name", part)
		}
	}
}
