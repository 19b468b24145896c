package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// quoted is what a comment of the README promises: "text", or "name":"text".
var quoted = regexp.MustCompile(`"[^"]+"(:"[^"]+")?`)

func TestTheStoryOfTheReadmeGoesAsItIsTold(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, chapter, _ := strings.Cut(string(readme), "## A story")
	_, flags, _ := strings.Cut(chapter, "`go run ./mockserver ")
	flags, _, _ = strings.Cut(flags, "`")
	_, story, _ := strings.Cut(chapter, "```sh\n")
	story, _, _ = strings.Cut(story, "```")
	p := launch(t, nil, strings.Fields(flags)...)
	rest := shell(t, strings.Replace(story, "http://127.0.0.1:4010", strings.TrimSuffix(p.url, "/api/developer"), 1))
	promises := 0
	for line := range strings.Lines(story) {
		_, comment, _ := strings.Cut(line, "  # ")
		for _, promise := range quoted.FindAllString(comment, -1) {
			_, after, found := strings.Cut(rest, promise)
			if !found {
				t.Fatalf("%s: nothing says %s in\n%s", line, promise, rest)
			}
			rest = after
			promises++
		}
	}
	if promises < 7 {
		t.Errorf("only %d promises were found", promises)
	}
}

func TestTheLineThatTheReadmeSignsIsAccepted(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	_, line, found := strings.Cut(string(readme), "\ngo run ./mockserver sign ")
	line, _, _ = strings.Cut(line, "\n")
	if !found {
		t.Fatal("the README signs nothing")
	}
	p := launch(t, nil)
	// Readers are in the checkout, where the README is.
	answer := shell(t, "cd .. && eval \"$('"+path+"' sign "+line+" --base-url '"+p.url+"')\"")
	if !strings.Contains(answer, `"status":"sent"`) {
		t.Error(answer)
	}
}

func TestTheLinesThatStartAMockInACIJobWaitUntilItIsReady(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/ci.md")
	if err != nil {
		t.Fatal(err)
	}
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	_, chapter, _ := strings.Cut(string(page), "## The mock in a job")
	_, lines, _ := strings.Cut(chapter, "```sh\n")
	lines, _, _ = strings.Cut(lines, "```")
	build, start, _ := strings.Cut(lines, "\n")
	if !strings.HasPrefix(build, "go build -o bin/ ") {
		t.Fatal(lines)
	}
	start = strings.ReplaceAll(start, "bin/mockserver", "'"+path+"'")
	said := shell(t, "cd '"+t.TempDir()+"'\n"+start+`curl -sS -o /dev/null -w '%{http_code}' "$API_BASE_URL/templates"; kill $mock; wait $mock; ls`)
	if said != "401mock.log\n" {
		t.Error(said)
	}
	if said := shell(t, "cd '"+t.TempDir()+"'\n("+strings.ReplaceAll(start, "--clock", "--clokc")+") || echo failed $?"); !strings.Contains(said, `did you mean "--clock"`) || !strings.HasSuffix(said, "failed 1\n") {
		t.Error(said)
	}
}
