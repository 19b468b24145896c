package cli

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// quoted is what a comment of the README promises: "text", or "name":"text".
var quoted = regexp.MustCompile(`"[^"]+"(:"[^"]+")?`)

// block is the n-th block of a kind in a chapter: what is between ```kind and ```.
func block(t *testing.T, chapter, kind string, n int) string {
	t.Helper()
	blocks := regexp.MustCompile("(?ms)^```([a-z]*)\n(.*?)^```$").FindAllStringSubmatch(chapter, -1)
	for _, b := range blocks {
		if b[1] != kind {
			continue
		}
		if n == 0 {
			return b[2]
		}
		n--
	}
	t.Fatalf("the chapter has no such block of %q", kind)
	return ""
}

// story is the README's chapter of the story, and a mock started with the flags that it names.
func story(t *testing.T) (chapter string, mock *process) {
	t.Helper()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, chapter, _ = strings.Cut(string(readme), "## A story")
	chapter, _, _ = strings.Cut(chapter, "\n## ")
	_, flags, _ := strings.Cut(chapter, "`go run ./mockserver ")
	flags, _, _ = strings.Cut(flags, "`")
	return chapter, launch(t, nil, strings.Fields(flags)...)
}

func TestTheStoryOfTheReadmeGoesAsItIsTold(t *testing.T) {
	t.Parallel()
	chapter, mock := story(t)
	lines := block(t, chapter, "sh", 0)
	rest := shell(t, strings.Replace(lines, "http://127.0.0.1:4010", strings.TrimSuffix(mock.url, "/api/developer"), 1))
	promises := 0
	for line := range strings.Lines(lines) {
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

func TestTheWebhooksOfTheReadmesStoryArriveAtItsReceiver(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("the receiver needs node")
	}
	chapter, mock := story(t)
	command, isReceiver := strings.CutSuffix(block(t, chapter, "sh", 1), " 3000\n")
	if !isReceiver {
		t.Fatal(command)
	}
	said := &output{}
	receiver := exec.CommandContext(t.Context(), "sh", "-c", "cd ../.. && export "+strings.Replace(command, " node ", " && exec node ", 1)+" 0")
	receiver.Stdout, receiver.Stderr = said, said
	if err := receiver.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = receiver.Process.Kill(); _ = receiver.Wait() })
	until(t, said, "/hook\n", 1)
	address := strings.TrimSuffix(strings.TrimSpace(said.String()), "/hook")
	lines := block(t, chapter, "sh", 0) + strings.ReplaceAll(block(t, chapter, "sh", 2), "http://127.0.0.1:3000", address)
	shell(t, strings.Replace(lines, "http://127.0.0.1:4010", strings.TrimSuffix(mock.url, "/api/developer"), 1))
	promised := block(t, chapter, "", 0)
	if strings.Count(promised, "accepted ") != 4 || strings.Count(promised, "refused: ") != 1 {
		t.Fatal(promised)
	}
	last := 0
	for line := range strings.Lines(promised) {
		until(t, said, line, 1)
		at := strings.Index(said.String(), line)
		if strings.HasPrefix(line, "accepted ") && at < last {
			t.Errorf("%s comes too early in\n%s", line, said)
		}
		last = at
	}
}

func TestTheLineThatTheReadmeSignsIsAccepted(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
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
	answer := shell(t, "cd ../.. && eval \"$('"+path+"' sign "+line+" --base-url '"+p.url+"')\"")
	if !strings.Contains(answer, `"status":"sent"`) {
		t.Error(answer)
	}
}

func TestTheLinesThatStartAMockInACIJobWaitUntilItIsReady(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/ci.md")
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
	printed := shell(t, "cd '"+t.TempDir()+"'\n"+start+`curl -sS -o /dev/null -w '%{http_code}' "$API_BASE_URL/templates"; kill $mock; wait $mock; ls`)
	if printed != "401mock.log\n" {
		t.Error(printed)
	}
	if printed := shell(t, "cd '"+t.TempDir()+"'\n("+strings.ReplaceAll(start, "--clock", "--clokc")+") || echo failed $?"); !strings.Contains(printed, `did you mean "--clock"`) || !strings.HasSuffix(printed, "failed 1\n") {
		t.Error(printed)
	}
}
