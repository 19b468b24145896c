package server_test

import (
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.com/awalmock/mockserver/mocktest"
)

func petstore(t *testing.T) []byte {
	t.Helper()
	document, err := os.ReadFile("testdata/petstore.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return document
}

func TestADocumentOfSomebodyElseIsRefusedWithEveryOperationThatIsMissing(t *testing.T) {
	t.Parallel()
	c, err := ownContract()
	if err != nil {
		t.Fatal(err)
	}
	message := refusal(t, mocktest.Spec("copy.yaml", petstore(t)))
	for _, op := range c.operations() {
		if !strings.Contains(message, op.id) {
			t.Errorf("no %s in %s", op.id, message)
		}
	}
	if !regexp.MustCompile(`copy\.yaml:\d+: `).MatchString(message) || !strings.Contains(message, "--allow-missing") {
		t.Error(message)
	}
}

func TestADocumentOfSomebodyElseIsServedFromExamplesAndSchemasWithAllowMissing(t *testing.T) {
	t.Parallel()
	// Not by start: kin-openapi refuses a default that does not fit.
	m := &mock{Mock: mocktest.Start(t, mocktest.Spec("pets.yaml", petstore(t)), mocktest.AllowMissing(), mocktest.Auth("off")), now: time.Now}
	get := func(target string) *answer { return m.exchange(t, "GET", m.wire(call{whole: target, target: target})) }
	for target, part := range map[string]string{
		"/v1/pets": `"name"`, "/v1/pets?limit=3&order=a&order=b": `"name"`, "/v1/pets/7": `"id"`,
		"/v1/pets/7/": `"slash":true`, "/v1/spans/1-2": `"span":true`,
	} {
		if a := get(target); a.status != http.StatusOK || !strings.Contains(string(a.body), part) {
			t.Errorf("%s: %d %s", target, a.status, a.body)
		}
	}
	made := m.exchange(t, "POST", m.wire(call{method: "POST", whole: "/v1/pets", target: "/pets", body: `{"id":1,"name":"Mia"}`, header: []string{"Content-Type: application/json"}}))
	if made.status != http.StatusCreated {
		t.Errorf("%d %s", made.status, made.body)
	}
	if a := get("/v1/conversations?phone_number_id=123456"); a.status != http.StatusNotFound {
		t.Errorf("%d %s", a.status, a.body)
	}
}
