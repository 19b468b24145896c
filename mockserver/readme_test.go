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
	// Readers stand in the checkout, where the README is.
	answer := shell(t, "cd .. && eval \"$('"+path+"' sign "+line+" --base-url '"+p.url+"')\"")
	if !strings.Contains(answer, `"status":"sent"`) {
		t.Error(answer)
	}
}
