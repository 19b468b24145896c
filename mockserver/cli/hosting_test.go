//go:build unix

package cli

import (
	"database/sql"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
)

// hosting is the folder of files to copy.
const hosting = "../../docs/examples/hosting"

// sameReads waits until a mock shows what another one shows.
func sameReads(t *testing.T, m *process, want string) {
	t.Helper()
	got := ""
	for tick, began := time.Tick(50*time.Millisecond), time.Now(); time.Since(began) < time.Minute; <-tick {
		if got = reads(t, m); got == want {
			return
		}
	}
	t.Fatalf("something is read otherwise:\n%s\nwant\n%s", got, want)
}

func TestTheDatabaseOfTheExamplesCarriesTwoMocksAndItsBackupAThird(t *testing.T) {
	t.Parallel()
	server := database.Get(t)
	program := func(env []string, name string, args ...string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), filepath.Join(server.Bin, name), append([]string{"-h", server.Dir, "-U", "postgres"}, args...)...)
		cmd.Env = env
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s %v: %v: %s", name, args, err, said)
		}
	}
	program(nil, "createdb", "sandbox")
	program([]string{"MOCK_PASSWORD=it's a secret"}, "psql", "-v", "ON_ERROR_STOP=1", "-d", "sandbox", "-f", filepath.Join(hosting, "init.sql"))
	runs(t, nil, "migrate", "--store", server.URL("postgres", "sandbox"))
	env := []string{"MOCK_STORE_KEY=" + storeKey, "MOCK_STORE=" + server.URL("awalmock", "sandbox")}
	one, two := launch(t, env, standing()...), launch(t, env, standing()...)
	happen(t, one)
	want := reads(t, one)
	sameReads(t, two, want)

	dump := filepath.Join(t.TempDir(), "sandbox.dump")
	program(nil, "pg_dump", "-Fc", "-d", "sandbox", "-f", dump) // while the mocks run
	program(nil, "createdb", "restored")
	program(nil, "pg_restore", "--exit-on-error", "-d", "restored", dump)
	three := launch(t, []string{"MOCK_STORE_KEY=" + storeKey, "MOCK_STORE=" + server.URL("awalmock", "restored")}, standing()...)
	sameReads(t, three, want)
	one.end(t)
	sameReads(t, two, want)
	two.end(t)
	three.end(t)
}

func TestABackupOfAFileIsRestoredWithItsKeyAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "awalmock.db")
	m := launch(t, nil, standing("--store", "sqlite:"+path)...)
	happen(t, m)
	want := reads(t, m)
	backup := filepath.Join(t.TempDir(), "backup.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "VACUUM INTO ?", backup); err != nil { // while the mock runs
		t.Fatal(err)
	}
	later := `{"content":"after the backup"}`
	must(t, "POST", strings.TrimSuffix(m.url, "/api/developer")+"/__admin/conversations/3/messages", "", later)
	m.end(t)
	if code, said := fails(t, nil, "--addr", "127.0.0.1:0", "--clock", "2024-01-20T12:00:00Z", "--store", "sqlite:"+backup); code != 1 || !strings.Contains(said, ".key, is missing") {
		t.Errorf("without its key: %d %s", code, said)
	}
	key, err := os.ReadFile(path + ".key")
	if err == nil {
		err = os.WriteFile(backup+".key", key, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	runs(t, nil, "store", "check", "--store", "sqlite:"+backup)
	restored := launch(t, nil, standing("--store", "sqlite:"+backup)...)
	sameReads(t, restored, want)
	restored.end(t)
}

var (
	usedFlag     = regexp.MustCompile(`(?:^|[\s\["])--([a-z][a-z0-9-]+)`)
	usedVariable = regexp.MustCompile(`\bMOCK_[A-Z0-9_]+`)
)

func TestTheFilesForHostingNameFlagsAndVariablesThatExist(t *testing.T) {
	t.Parallel()
	parser, err := kong.New(&cli{}, kong.Vars{"version": "", "name": ""}, kong.Exit(func(int) {}))
	if err != nil {
		t.Fatal(err)
	}
	known := flagNames(parser.Model.Node)
	checked := 0
	for _, name := range []string{"awalmock.service", "compose.yaml", "kubernetes.yaml", "Caddyfile", "by-domain.Caddyfile"} {
		text, err := os.ReadFile(filepath.Join(hosting, name))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if strings.HasPrefix(strings.TrimSpace(line), "#") {
				continue
			}
			flags := usedVariable.FindAllString(line, -1)
			for i, v := range flags {
				flags[i] = strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(v, "MOCK_"), "_", "-"))
			}
			for _, match := range usedFlag.FindAllStringSubmatch(line, -1) {
				flags = append(flags, match[1])
			}
			for _, flag := range flags {
				checked++
				if !slices.Contains(known, flag) && flag != "password" { // of the database's role
					t.Errorf("%s: there is no flag --%s: %s", name, flag, line)
				}
			}
		}
	}
	if checked < 15 {
		t.Errorf("only %d were found", checked)
	}
}

func TestAQuotaOfRequestsHoldsOverTwoMocksOnOneDatabase(t *testing.T) {
	t.Parallel()
	const quota = 120
	_, url := database.Get(t).Migrated(t)
	env := []string{"MOCK_STORE_KEY=" + storeKey, "MOCK_STORE=" + url}
	mocks := []*process{launch(t, env, standing()...), launch(t, env, standing()...)}
	must(t, "POST", strings.TrimSuffix(mocks[0].url, "/api/developer")+"/__admin/workspaces", "", `{"domain":"partner","phone_number_id":"777","quota":{"requests_per_day":120}}`)
	for tick := time.Tick(20 * time.Millisecond); ; <-tick { // until the other one knows the workspace
		if status, _ := ask(t, "GET", strings.TrimSuffix(mocks[1].url, "/api/developer")+"/__admin/workspaces/partner", "", ""); status == http.StatusOK {
			break
		}
	}
	answered, refused := 0, map[int]bool{}
	for i := 0; len(refused) < 2; i++ {
		status, text := ask(t, "GET", mocks[i%2].url+"/conversations?phone_number_id=777", "partner", "")
		switch status {
		case http.StatusOK:
			answered++
		case http.StatusTooManyRequests:
			refused[i%2] = true
		default:
			t.Fatalf("%d %s", status, text)
		}
	}
	if answered != quota {
		t.Errorf("%d requests were answered, the quota is %d", answered, quota)
	}
	for _, m := range mocks {
		m.end(t)
	}
}

func TestAWorkspaceThatLeftTheMemoryOfOneMockComesBackWithWhatAnotherOneDid(t *testing.T) {
	t.Parallel()
	_, url := database.Get(t).Migrated(t)
	env := []string{"MOCK_STORE_KEY=" + storeKey, "MOCK_STORE=" + url}
	one, two := launch(t, env, standing("--idle-after", "100ms")...), launch(t, env, standing()...)
	happen(t, two)
	want := reads(t, two)
	sameReads(t, one, want)
	origin := strings.TrimSuffix(one.url, "/api/developer")
	for tick := time.Tick(20 * time.Millisecond); !strings.Contains(must(t, "GET", origin+"/metrics", "", ""), `awalmock_workspaces{state="idle"} 1`); <-tick {
		if t.Context().Err() != nil {
			t.Fatal("the workspace does not leave memory")
		}
	}
	must(t, "POST", two.url+"/w/message/text?phone_number_id=777", "my-shop", `{"phone":"966555012003","body":"Are you there?"}`)
	if shown := must(t, "GET", one.url+"/conversations/1?phone_number_id=777", "my-shop", ""); !strings.Contains(shown, "Are you there?") {
		t.Errorf("%s", shown)
	}
	must(t, "POST", one.url+"/w/message/text?phone_number_id=777", "my-shop", `{"phone":"966555012003","body":"I am."}`)
	sameReads(t, two, reads(t, one))
	one.end(t)
	two.end(t)
}
