package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/awalmock"
)

const watchedShop = `workspace: my-shop
client_id: my-client
hmac_secret: my-secret
numbers:
  - {phone_number_id: "777", phone: "966110000009", verified_name: My Shop, conversations: 3}
`

// A watched is a running program that watches a spec and fixtures.
type watched struct {
	t             *testing.T
	spec, fixture string
	origin        string
	log           chan string // lines
}

func watch(t *testing.T) *watched {
	t.Helper()
	dir := t.TempDir()
	w := &watched{t: t, spec: filepath.Join(dir, "spec.yaml"), fixture: filepath.Join(dir, "fixtures", "workspaces", "shop.yaml")}
	if err := os.MkdirAll(filepath.Dir(w.fixture), 0o755); err != nil {
		t.Fatal(err)
	}
	w.write(w.spec, awalmock.OpenAPI())
	w.write(w.fixture, watchedShop)
	ctx, stop := context.WithCancel(t.Context())
	logReader, logWriter := io.Pipe()
	outReader, outWriter := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, []string{
			"--addr", "127.0.0.1:0", "--watch", "--spec", w.spec, "--fixtures", filepath.Join(dir, "fixtures"), "--log-format", "json",
		}, nil, outWriter, logWriter)
		logWriter.Close()
		outWriter.Close()
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	out := bufio.NewScanner(outReader)
	for w.origin == "" && out.Scan() {
		if _, url, ok := strings.Cut(out.Text(), "base URL"); ok {
			w.origin = strings.TrimSuffix(strings.TrimSpace(url), "/api/developer")
		}
	}
	go func() { _, _ = io.Copy(io.Discard, outReader) }()
	w.log = make(chan string, 100)
	go func() {
		defer close(w.log)
		for lines := bufio.NewScanner(logReader); lines.Scan(); {
			w.log <- lines.Text()
		}
	}()
	return w
}

func (w *watched) write(path, text string) {
	w.t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// await waits for a line of the log that is about a change, and gives its error.
func (w *watched) await(message string) string {
	w.t.Helper()
	for text := range w.log {
		var line struct{ Msg, Error string }
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			w.t.Fatal(err)
		}
		if strings.Contains(line.Msg, "disk") {
			if !strings.Contains(line.Msg, message) {
				w.t.Fatalf("%s %s, want %s", line.Msg, line.Error, message)
			}
			return line.Error
		}
	}
	w.t.Fatal("the program ended")
	return ""
}

func (w *watched) read(path string) string {
	w.t.Helper()
	response, err := http.Get(w.origin + path)
	if err != nil {
		w.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return string(text)
}

func TestASpecThatChangesOnDiskIsTakenOverOrRefusedWithTheReason(t *testing.T) {
	t.Parallel()
	w := watch(t)
	w.write(w.spec, strings.Replace(awalmock.OpenAPI(), "title: Awal Conversations API", "title: Changed On Disk", 1))
	w.await("taken over from disk: spec")
	if !strings.Contains(w.read("/openapi.yaml"), "Changed On Disk") {
		t.Fatal("the old document is handed out")
	}
	w.write(w.spec, "openapi: 3.0.3\ninfo: [")
	if reason := w.await("cannot be used"); !strings.Contains(reason, "spec.yaml:") {
		t.Fatal(reason)
	}
	if !strings.Contains(w.read("/openapi.yaml"), "Changed On Disk") {
		t.Fatal("a broken document was taken over")
	}
}

func TestASpecWithAnEmptyMediaTypeIsRefusedWhileTheMockGoesOn(t *testing.T) {
	t.Parallel()
	w := watch(t)
	w.write(w.spec, strings.Replace(awalmock.OpenAPI(), "\npaths:\n", `
paths:
  /new:
    get:
      operationId: new
      responses:
        '200':
          description: d
          content:
            application/json:
`, 1))
	if reason := w.await("cannot be used"); !strings.Contains(reason, "spec.yaml:") || !strings.Contains(reason, "application/json: is empty") {
		t.Fatal(reason)
	}
	if text := w.read("/livez"); text != "ok\n" {
		t.Fatal(text)
	}
}

func TestFixturesThatChangeOnDiskAreTakenOverOrRefusedWithTheReason(t *testing.T) {
	t.Parallel()
	w := watch(t)
	w.write(w.fixture, strings.ReplaceAll(watchedShop, "my-shop", "new-shop"))
	w.await("taken over from disk: fixtures")
	if list := w.read("/__admin/workspaces"); !strings.Contains(list, "new-shop") {
		t.Fatal(list)
	}
	w.write(w.fixture, watchedShop+"colour: red\n")
	if reason := w.await("cannot be used"); !strings.Contains(reason, "workspaces/shop.yaml:6") {
		t.Fatal(reason)
	}
	if list := w.read("/__admin/workspaces"); !strings.Contains(list, "new-shop") {
		t.Fatal(list)
	}
}

func TestWatchNeedsSomethingToWatch(t *testing.T) {
	t.Parallel()
	err := run(t.Context(), []string{"--watch"}, nil, io.Discard, io.Discard)
	if err == nil || exitCode(err) != 2 || !strings.Contains(err.Error(), "--spec") {
		t.Fatal(err)
	}
}

func TestTheTargetOfALinkIsWatchedToo(t *testing.T) {
	t.Parallel()
	w := watch(t)
	elsewhere := t.TempDir()
	link := func(path, text string) (target string) {
		target = filepath.Join(elsewhere, filepath.Base(path))
		w.write(target, text)
		if err := os.Symlink(target, path+".new"); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(path+".new", path); err != nil {
			t.Fatal(err)
		}
		return target
	}
	titled := func(title string) string {
		return strings.Replace(awalmock.OpenAPI(), "title: Awal Conversations API", "title: "+title, 1)
	}
	spec := link(w.spec, titled("Linked"))
	w.await("taken over from disk: spec")
	w.write(spec, titled("Written Behind The Link"))
	w.await("taken over from disk: spec")
	if !strings.Contains(w.read("/openapi.yaml"), "Written Behind The Link") {
		t.Error("the old document is handed out")
	}
	fixture := link(w.fixture, strings.ReplaceAll(watchedShop, "my-shop", "linked-shop"))
	w.await("taken over from disk: fixtures")
	w.write(fixture, strings.ReplaceAll(watchedShop, "my-shop", "behind-the-link"))
	w.await("taken over from disk: fixtures")
	if list := w.read("/__admin/workspaces"); !strings.Contains(list, "behind-the-link") {
		t.Error(list)
	}
}

func TestAFileThatIsNoFixtureIsNoReset(t *testing.T) {
	t.Parallel()
	w := watch(t)
	folder := filepath.Dir(w.fixture)
	for _, name := range []string{".shop.yaml.swp", "4913", "shop.yaml~", "#shop.yaml#", "._shop.yaml", "README.md"} {
		w.write(filepath.Join(folder, name), "no fixture")
	}
	for _, comment := range []string{"# one\n", "# two\n"} { // between the two, a reset would have been logged
		w.write(w.spec, awalmock.OpenAPI()+comment)
		w.await("taken over from disk: spec")
	}
	if err := os.Symlink("nobody@nowhere.1", filepath.Join(folder, ".#shop.yaml")); err != nil { // the lock of Emacs
		t.Fatal(err)
	}
	w.write(w.fixture, strings.ReplaceAll(watchedShop, "my-shop", "new-shop"))
	w.await("taken over from disk: fixtures")
}
