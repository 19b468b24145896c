//go:build unix

package cli

import (
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	"example.com/awalmock/mockserver/internal/store/pgtest"
)

// storeKey is a key of these tests.
const storeKey = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="

// requestID is what differs in each answer.
var requestID = regexp.MustCompile(`req_[a-z2-7]{12}`)

// database is the PostgreSQL of these tests.
var database pgtest.Shared

func runTests(m *testing.M) int { return database.Run(m) }

// standing are the flags of a mock that gives the same bytes each time.
func standing(more ...string) []string {
	return append([]string{"--clock", "2024-01-20T12:00:00Z", "--auth", "off", "--rate-limit", "off", "--quiet"}, more...)
}

// ask sends a request for a workspace and gives the answer's status and body.
func ask(t *testing.T, method, url, workspace, body string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Domain", workspace)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

// must sends a request that succeeds.
func must(t *testing.T, method, url, workspace, body string) string {
	t.Helper()
	status, text := ask(t, method, url, workspace, body)
	if status > 299 {
		t.Fatalf("%s %s: %d %s", method, url, status, text)
	}
	return text
}

// end stops a mock as Ctrl-C does.
func (p *process) end(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Wait(); err != nil {
		t.Fatal(err)
	}
}

// happen lets things happen in two workspaces, one of which is created.
func happen(t *testing.T, m *process) {
	t.Helper()
	control := strings.TrimSuffix(m.url, "/api/developer") + "/__admin"
	must(t, "POST", m.url+"/w/message/text?phone_number_id=123456", "your-workspace", `{"phone":"96650000000","body":"before the reset"}`)
	must(t, "POST", control+"/reset", "", "")
	must(t, "POST", m.url+"/w/message/text?phone_number_id=123456", "your-workspace", `{"phone":"96650000000","body":"مرحبا"}`)
	must(t, "POST", control+"/conversations/3/messages", "", `{"content":"Where is it?"}`)
	must(t, "PATCH", control+"/conversations/1", "", `{"assignee":"Omar","bot":true}`)
	must(t, "POST", control+"/clock", "", `{"advance":"1h"}`)
	must(t, "POST", control+"/orders", "", `{"phone":"966555012002","items":[{"product_name":"Dates","quantity":2,"price":30}]}`)
	must(t, "POST", control+"/workspaces", "", `{"domain":"my-shop","phone_number_id":"777"}`)
	must(t, "POST", control+"/conversations?workspace=my-shop", "", `{"phone":"966555012003","name":"Sara","phone_number_id":"777"}`)
	must(t, "POST", control+"/conversations/1/messages?workspace=my-shop", "", `{"content":"Hello"}`)
	must(t, "POST", m.url+"/w/message/text?phone_number_id=777", "my-shop", `{"phone":"966555012003","body":"Hello Sara"}`)
}

// reads gives all that can be read of both workspaces.
func reads(t *testing.T, m *process) string {
	t.Helper()
	var all strings.Builder
	add := func(workspace, target string) {
		status, text := ask(t, "GET", m.url+target, workspace, "")
		fmt.Fprintf(&all, "%s %s %d %s\n", workspace, target, status, requestID.ReplaceAllString(text, "req_"))
	}
	for _, w := range [][2]string{{"your-workspace", "123456"}, {"my-shop", "777"}} {
		for _, list := range []string{"/conversations", "/fetch-message-status-app", "/waba-numbers", "/templates", "/contacts", "/contact-groups", "/branches", "/orders"} {
			add(w[0], list+"?phone_number_id="+w[1])
		}
		for id := range 12 {
			for _, list := range []string{"/conversations", "/templates", "/contacts", "/contact-groups", "/branches", "/orders"} {
				add(w[0], fmt.Sprintf("%s/%d?phone_number_id=%s", list, id+1, w[1]))
			}
		}
		control := strings.TrimSuffix(m.url, "/api/developer") + "/__admin"
		status, text := ask(t, "GET", control+"/clock?workspace="+w[0], "", "")
		fmt.Fprintln(&all, "clock", status, requestID.ReplaceAllString(text, "req_"))
	}
	return all.String()
}

// export gives the files of both workspaces that the mock gives.
func export(t *testing.T, m *process) (dir string, files []string) {
	t.Helper()
	dir = t.TempDir()
	for _, workspace := range []string{"your-workspace", "my-shop"} {
		text := must(t, "GET", strings.TrimSuffix(m.url, "/api/developer")+"/__admin/events?workspace="+workspace, "", "")
		path := filepath.Join(dir, workspace+".ndjson")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, path)
	}
	return dir, files
}

// runs runs a command that succeeds, and gives what it printed.
func runs(t *testing.T, env []string, args ...string) string {
	t.Helper()
	cmd, stdout, stderr := program(t, env, args...)
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %v: %s", args, err, stderr)
	}
	return stdout.String()
}

func TestAWorkspaceFromMemoryReadsTheSameInSQLiteAndThenInPostgreSQL(t *testing.T) {
	t.Parallel()
	memory := launch(t, nil, standing()...)
	happen(t, memory)
	want := reads(t, memory)
	_, files := export(t, memory)
	memory.end(t)

	file := "sqlite:" + filepath.Join(t.TempDir(), "awalmock.db")
	said := runs(t, nil, append([]string{"store", "import", "--clock", "2024-01-20T12:00:00Z", "--store", file}, files...)...)
	if !strings.Contains(said, "my-shop: 4 events; it is new: client id client-") {
		t.Errorf("import says %s", said)
	}
	same := func(name string, m *process) {
		t.Helper()
		if got := reads(t, m); got != want {
			t.Fatalf("%s: something is read otherwise:\n%s\nwant\n%s", name, got, want)
		}
		dir, _ := export(t, m)
		for _, workspace := range []string{"your-workspace", "my-shop"} {
			printed := runs(t, nil, "store", "export", "--store", file, workspace) // while the mock runs
			given, err := os.ReadFile(filepath.Join(dir, workspace+".ndjson"))
			if err != nil || printed != string(given) {
				t.Errorf("%s: %v: store export gives\n%s\nand GET /__admin/events\n%s", name, err, printed, given)
			}
		}
	}
	m := launch(t, nil, standing("--store", file)...)
	same("SQLite", m)
	m.end(t)

	dir := t.TempDir()
	if said := runs(t, nil, "store", "export", "--store", file, "--to", dir); strings.Count(said, "\n") != 3 {
		t.Errorf("export says %s", said)
	}
	_, url := database.Get(t).Migrated(t)
	file = url
	env := []string{"MOCK_STORE_KEY=" + storeKey}
	runs(t, env, "store", "import", "--clock", "2024-01-20T12:00:00Z", "--store", url, filepath.Join(dir, "your-workspace.ndjson"), filepath.Join(dir, "my-shop.ndjson"))
	m = launch(t, env, standing("--store", url)...)
	same("PostgreSQL", m)
	m.end(t)
	if said := runs(t, nil, "store", "check", "--store", url); !strings.Contains(said, "3 workspaces") {
		t.Errorf("check says %s", said)
	}
	if said := runs(t, nil, "store", "compact", "--store", url); !strings.Contains(said, "0 events from before a reset removed") {
		t.Errorf("compact says %s", said)
	}
}

func TestCheckNamesEachBadEventAndCompactRemovesWhatAResetForgot(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "awalmock.db")
	m := launch(t, nil, standing("--store", "sqlite:"+path)...)
	happen(t, m)
	before := reads(t, m)
	m.end(t)
	if said := runs(t, nil, "store", "compact", "--store", "sqlite:"+path); !strings.Contains(said, "2 events from before a reset removed") {
		t.Errorf("compact says %s", said)
	}
	m = launch(t, nil, standing("--store", "sqlite:"+path)...)
	if after := reads(t, m); after != before {
		t.Errorf("after compact something is read otherwise:\n%s\nwant\n%s", after, before)
	}
	m.end(t)
	if said := runs(t, nil, "store", "check", "--store", "sqlite:"+path); !strings.Contains(said, "3 workspaces") {
		t.Errorf("check says %s", said)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range []string{
		`UPDATE event SET data = CAST('{"seq":5,' AS BLOB) WHERE workspace = 'your-workspace' AND seq = 5`,
		`DELETE FROM event WHERE workspace = 'my-shop' AND seq IN (2, 4)`,
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	code, said := fails(t, nil, "store", "check", "--store", "sqlite:"+path)
	for _, want := range []string{
		"sqlite:" + path + ": workspace your-workspace: event 5 cannot be read: the JSON breaks off\n",
		"sqlite:" + path + ": workspace my-shop: event 2 cannot be read: it is missing; the next one that is there is 3\n",
		"sqlite:" + path + ": workspace my-shop: event 4 cannot be read: it is missing, and so is every later one; the last one must be 4\n",
		": 3 problems; restore a copy\n",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("check does not say %s", want)
		}
	}
	if code != 1 || strings.Count(said, "\n") != 4 {
		t.Errorf("%d %s", code, said)
	}
	if code, said := fails(t, nil, "store", "export", "--store", "sqlite:"+path, "your-workspace"); code != 1 || !strings.Contains(said, "workspace your-workspace: event 5 cannot be read") {
		t.Errorf("export: %d %s", code, said)
	}
}

func TestAStoreCommandThatCannotBeDoneSaysWhyInOneLine(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "awalmock.db")
	running := launch(t, nil, standing("--store", "sqlite:"+path)...)
	happen(t, running)
	_, files := export(t, running)
	cut := write(t, "cut.ndjson", "{}")
	inUse := fmt.Sprintf("is in use by another mock (process %d)", running.cmd.Process.Pid)
	for name, c := range map[string]struct {
		args []string
		code int
		want string
	}{
		"check: no store":         {[]string{"store", "check"}, 2, "missing flags: --store"},
		"check: memory":           {[]string{"store", "check", "--store", "memory"}, 2, `--store: must be sqlite:FILE or postgres://USER@HOST/NAME, not "memory"`},
		"check: no name":          {[]string{"store", "check", "--store", "sqlite:"}, 2, "--store: name the file"},
		"check: no file":          {[]string{"store", "check", "--store", "sqlite:/nowhere/x.db"}, 1, "--store sqlite:/nowhere/x.db: there is no such file"},
		"check: a text":           {[]string{"store", "check", "--store", "sqlite:" + cut}, 1, "is no SQLite database"},
		"check: an empty file":    {[]string{"store", "check", "--store", "sqlite:" + write(t, "empty.db", "")}, 1, "is empty: no mock has used it yet"},
		"check: no server":        {[]string{"store", "check", "--store", "postgres://u:secret-word@127.0.0.1:1/d"}, 1, `cannot connect to 127.0.0.1:1, database "d", as "u"`},
		"export: no workspace":    {[]string{"store", "export", "--store", "sqlite:" + path, "nobody"}, 1, "there is no workspace nobody"},
		"export: no folder":       {[]string{"store", "export", "--store", "sqlite:" + path}, 2, "--to: name a folder for the files of 3 workspaces, or name one workspace"},
		"export: missing folder":  {[]string{"store", "export", "--store", "sqlite:" + path, "--to", "/nowhere"}, 1, "--to: there is no folder /nowhere; make it first"},
		"export: other fixtures":  {[]string{"store", "export", "--store", "sqlite:" + path, "--fixtures", "/nowhere", "my-shop"}, 1, "--fixtures"},
		"import: in use":          {append([]string{"store", "import", "--store", "sqlite:" + path}, files...), 1, inUse},
		"import: no file":         {[]string{"store", "import", "--store", "sqlite:" + filepath.Join(t.TempDir(), "x.db"), "/nowhere.ndjson"}, 1, "/nowhere.ndjson: no such file or directory"},
		"import: not a file":      {[]string{"store", "import", "--log-level", "error", "--store", "sqlite:" + filepath.Join(t.TempDir(), "x.db"), cut}, 1, cut + ": line 1: is not the header of a file of events"},
		"import: another clock":   {[]string{"store", "import", "--log-level", "error", "--store", "sqlite:" + filepath.Join(t.TempDir(), "x.db"), files[0]}, 1, files[0] + ": the events are of another clock: standing (--clock=INSTANT), and this mock has running (--clock=real)"},
		"import: another seed":    {[]string{"store", "import", "--log-level", "error", "--seed", "2", "--clock", "2024-01-20T12:00:00Z", "--store", "sqlite:" + filepath.Join(t.TempDir(), "x.db"), files[1]}, 1, files[1] + ": the events are of another seed: 1, and this mock has 2"},
		"import: no key":          {append([]string{"store", "import", "--store", "postgres://u:secret-word@127.0.0.1:1/d"}, files...), 2, "--store-key: a store in PostgreSQL needs one"},
		"compact: in use":         {[]string{"store", "compact", "--store", "sqlite:" + path}, 1, inUse},
		"compact: no file":        {[]string{"store", "compact", "--store", "sqlite:/nowhere/x.db"}, 1, "there is no such file"},
		"a command that is none":  {[]string{"store", "repair"}, 2, "repair"},
		"export: nothing to read": {[]string{"store", "export", "--store", "postgres://u:secret-word@127.0.0.1:1/d"}, 1, "cannot connect"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, said := fails(t, nil, c.args...)
			if strings.Contains(said, "secret-word") {
				t.Errorf("a password is shown: %s", said)
			}
			if code != c.code || !strings.Contains(said, c.want) || strings.Count(said, "\n") != 1 {
				t.Errorf("%d %s, want %d %s", code, said, c.code, c.want)
			}
		})
	}
}

func TestAWorkspaceThatCannotBeImportedIsNotCreated(t *testing.T) {
	t.Parallel()
	memory := launch(t, nil, standing()...)
	happen(t, memory)
	_, files := export(t, memory)
	text, err := os.ReadFile(files[1])
	if err != nil {
		t.Fatal(err)
	}
	changed := write(t, "changed.ndjson", strings.Replace(string(text), "Sara", "Mona", 1))
	path := filepath.Join(t.TempDir(), "x.db")
	if code, said := fails(t, nil, "store", "import", "--log-level", "error", "--clock", "2024-01-20T12:00:00Z", "--store", "sqlite:"+path, changed); code != 1 || !strings.Contains(said, "the checksum does not fit the events") {
		t.Errorf("%d %s", code, said)
	}
	if said := runs(t, nil, "store", "check", "--store", "sqlite:"+path); !strings.Contains(said, "2 workspaces") {
		t.Errorf("check says %s", said)
	}
}
