// Package examples_test runs the examples of this folder against the mock.
package examples_test

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"example.com/awalmock/mockserver/mocktest"
)

func TestTheShellExampleShowsThatTheCustomerHasAnswered(t *testing.T) {
	t.Parallel()
	printed := runAgainst(t, mocktest.Start(t), "story.sh", "sh", "curl", "openssl")
	lines := strings.Split(strings.TrimSpace(printed), "\n")
	if len(lines) != 3 {
		t.Fatalf("printed %q, want three answers", printed)
	}
	for i, want := range []string{`"status":"sent"`, `"now":"`, `"last_message":"Thank you, I got your message`} {
		if !strings.Contains(lines[i], want) {
			t.Errorf("line %d is %s, want %s in it", i+1, lines[i], want)
		}
	}
}

func TestTheOrdersExampleEndsWithoutTheContactAndItsConversation(t *testing.T) {
	t.Parallel()
	printed := runAgainst(t, mocktest.Start(t), "orders.sh", "sh", "curl", "openssl")
	lines := strings.Split(strings.TrimSpace(printed), "\n")
	want := []string{
		`"messageId":"wamid.`, `"now":"`, `"name":"Layla","last_message":"Thank you, I got your message`, `"status":"accepted","payment_status":"paid"`,
		`"order_number":"ORD-2024-001"`, `"unlinked_contacts":1`, `"message":"Deleted."`, `"data":[]`,
	}
	if len(lines) != len(want) {
		t.Fatalf("printed %q, want %d answers", printed, len(want))
	}
	for i := range want {
		if !strings.Contains(lines[i], want[i]) {
			t.Errorf("line %d is %s, want %s in it", i+1, lines[i], want[i])
		}
	}
}

func TestTheNodeExampleListsTheUnreadConversations(t *testing.T) {
	t.Parallel()
	printed := runAgainst(t, mocktest.Start(t), "inbox.mjs", "node")
	if !strings.HasPrefix(printed, "3 unread from Ahmed Mohammed (96650000000): ") || strings.Count(printed, "\n") != 12 {
		t.Errorf("printed\n%s", printed)
	}
}

func TestTheExamplesSayWhatIsWrongWithTheirSecret(t *testing.T) {
	t.Parallel()
	mock := mocktest.Start(t)
	for script, programs := range map[string][]string{"story.sh": {"sh", "curl", "openssl"}, "inbox.mjs": {"node"}} {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			command := prepare(t, mock, script, programs...)
			command.Env = append(command.Env, "AWAL_SECRET=another")
			if out, _ := command.CombinedOutput(); !strings.Contains(string(out), "authentication_failed") {
				t.Errorf("printed %s", out)
			}
		})
	}
}

// runAgainst runs a script against a mock, and returns what it prints.
func runAgainst(t *testing.T, mock *mocktest.Mock, script string, programs ...string) string {
	t.Helper()
	out, err := prepare(t, mock, script, programs...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", script, err, out)
	}
	return string(out)
}

// prepare prepares the run of a script by the first of the programs that it needs.
func prepare(t *testing.T, mock *mocktest.Mock, script string, programs ...string) *exec.Cmd {
	t.Helper()
	for _, program := range programs {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatalf("%s is not on this machine, and CI has to run %s", program, script)
			}
			t.Skipf("%s is not tried: %s is not on this machine", script, program)
		}
	}
	command := exec.CommandContext(t.Context(), programs[0], script)
	command.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "LC_ALL=C.UTF-8", "AWAL_BASE_URL=" + mock.URL, "AWAL_DOMAIN=" + mock.Domain,
		"AWAL_CLIENT_ID=" + mock.ClientID, "AWAL_SECRET=" + mock.Secret, "AWAL_PHONE_NUMBER_ID=" + mock.PhoneNumberID,
	}
	return command
}

// documentLine is the line of README.md that adds the operation to a copy of the contract.
var documentLine = regexp.MustCompile(`(?m)^sed .* openapi\.yaml > my-openapi\.yaml$`)

func TestTheOperationThatIsAddedToTheContractIsCheckedAndAnswered(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	document := filepath.Join(t.TempDir(), "my-openapi.yaml")
	line := strings.Replace(documentLine.FindString(string(readme)), "my-openapi.yaml", `"$DOCUMENT"`, 1)
	command := exec.CommandContext(t.Context(), "sh", "-ec", line)
	command.Dir, command.Env = "../..", append(os.Environ(), "DOCUMENT="+document)
	if out, err := command.CombinedOutput(); err != nil || line == "" {
		t.Fatalf("%q: %v\n%s", line, err, out)
	}
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	mock := mocktest.Start(t, mocktest.Spec("my-openapi.yaml", text), mocktest.CheckAnswers())
	status, body := get(t, mock, "/suppliers?limit=2")
	var suppliers struct {
		Status bool
		Data   []struct {
			ID          int
			Name, Phone string
		}
	}
	if err := json.Unmarshal([]byte(body), &suppliers); err != nil || status != http.StatusOK || !suppliers.Status || len(suppliers.Data) == 0 {
		t.Fatalf("answered %d %s, %v", status, body, err)
	}
	for _, c := range suppliers.Data {
		if c.ID < 1 || c.Name == "" || !strings.HasPrefix(c.Phone, "9665") {
			t.Errorf("a supplier is %+v", c)
		}
	}
	if status, body := get(t, mock, "/suppliers?limit=51"); status != http.StatusBadRequest || !strings.Contains(body, "limit") {
		t.Errorf("a wrong limit is answered %d %s", status, body)
	}
	if status, body := get(t, mock, "/waba-numbers"); status != http.StatusOK {
		t.Errorf("an operation of the contract is answered %d %s", status, body)
	}
}

func TestTheFolderOfFixturesHasItsTwoConversationsAndTenMore(t *testing.T) {
	t.Parallel()
	mock := mocktest.Start(t, mocktest.Fixtures(os.DirFS("fixtures")))
	if mock.Domain != "my-shop" || mock.PhoneNumberID != "777" {
		t.Fatalf("the workspace is %s with the number %s", mock.Domain, mock.PhoneNumberID)
	}
	status, body := get(t, mock, "/conversations?limit=50&phone_number_id=777")
	for _, want := range []string{`"total":12`, `"name":"Sara"`, `"last_message":"Until when are you open?"`, `"name":"يوسف"`} {
		if status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("answered %d %s, want %s in it", status, body, want)
		}
	}
}

// get sends a signed request to a mock.
func get(t *testing.T, mock *mocktest.Mock, target string) (status int, body string) {
	t.Helper()
	response, err := mock.Client().Get(mock.URL + target)
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
