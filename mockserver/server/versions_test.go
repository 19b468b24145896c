package server_test

import (
	"encoding/json"
	"fmt"
	imagepng "image/png"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/awalmock"
	"example.com/awalmock/mockserver/mocktest"
)

const deprecation = "x-deprecation: {date: '2024-12-31', sunset: '2025-12-31', message: 'This version is deprecated, use /api/v2/developer'}\n"

func deprecatedDocument() mocktest.Option {
	return mocktest.Spec("copy.yaml", []byte(deprecation+awalmock.OpenAPI()))
}

func onDay(year int, month time.Month, day int) mocktest.Option {
	return at(time.Date(year, month, day, 23, 59, 59, 0, time.UTC))
}

func TestADeprecatedDocumentTellsSoOnEveryAnswer(t *testing.T) {
	t.Parallel()
	m := start(t, deprecatedDocument(), unlimited(), onDay(2025, 12, 31))
	for _, a := range []*answer{
		m.get(t, listing).is(t, 200, ""), m.get(t, "/contacts/999").is(t, 404, "resource_not_found"), m.get(t, "/conversations").is(t, 400, "validation_failed"),
		m.do(t, call{target: listing, secret: "wrong"}).is(t, 401, "authentication_failed"),
	} {
		h := a.header
		if h.Get("X-API-Deprecated") != "true" || h.Get("X-API-Deprecation-Date") != "2024-12-31" || h.Get("X-API-Sunset-Date") != "2025-12-31" ||
			h.Get("Warning") != `299 - "This version is deprecated, use /api/v2/developer"` {
			t.Errorf("%d: %v", a.status, h)
		}
	}
	if h := start(t).get(t, listing).header; h.Get("X-API-Deprecated") != "" || h.Get("Warning") != "" {
		t.Errorf("%v", h)
	}
}

func TestAnOperationIsGoneFromTheDayAfterItsSunset(t *testing.T) {
	t.Parallel()
	later := at(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	m := start(t, deprecatedDocument(), unlimited(), later)
	a := m.exchange(t, "GET", m.wire(call{target: listing})) // the document has no 410
	if a.status != http.StatusGone || a.value["error"] != "gone" || a.header.Get("X-API-Sunset-Date") != "2025-12-31" {
		t.Errorf("%d %s", a.status, a.body)
	}
	start(t, deprecatedDocument(), unlimited(), later, with(func(o *mocktest.Options) { o.Sunset = "warn" })).get(t, listing).is(t, 200, "")
	one := strings.Replace(awalmock.OpenAPI(), "      operationId: listTemplates\n", "      operationId: listTemplates\n      deprecated: true\n      "+deprecation, 1)
	m = start(t, mocktest.Spec("copy.yaml", []byte(one)), unlimited(), later)
	if a := m.exchange(t, "GET", m.wire(call{target: "/templates"})); a.status != http.StatusGone {
		t.Errorf("%d %s", a.status, a.body)
	}
	m.get(t, "/templates/1").is(t, 200, "")
}

func TestADeprecationThatCannotBeReadIsRefusedWithItsLine(t *testing.T) {
	t.Parallel()
	for from, to := range map[string]string{"2024-12-31": "soon", "sunset: '2025-12-31'": "sunset: '2024-12-30'", "message: '": "message: 'ليس ", "date: '2024-12-31', ": ""} {
		message := refusal(t, mocktest.Spec("copy.yaml", []byte(strings.Replace(deprecation, from, to, 1)+awalmock.OpenAPI())))
		if !strings.HasPrefix(message, "copy.yaml:1: x-deprecation: ") {
			t.Errorf("%s: %s", to, message)
		}
	}
	if message := refusal(t, edited(t, "      operationId: listTemplates\n", "      operationId: listTemplates\n      "+deprecation)); !strings.Contains(message, "needs deprecated: true") {
		t.Error(message)
	}
}

func TestValidationStatusIsThatOfInvalidRequestsWhereTheDocumentHasIt(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited(), with(func(o *mocktest.Options) { o.ValidationStatus = 422 }))
	for target, want := range map[string]string{
		"/contacts?limit=0": "422 validation_failed", "/contacts/x": "422 validation_failed",
		"/orders?phone_number_id=123456&limit=0": "400 validation_failed", "/contact-groups/x": "400 validation_failed", "/conversations": "400 validation_failed",
	} {
		a := m.exchange(t, "GET", m.wire(call{target: target}))
		if got := fmt.Sprint(a.status, " ", a.value["error"]); got != want {
			t.Errorf("%s: %s", target, got)
		}
	}
	m.sendJSON(t, "text", object{"phone": "+966", "body": "x"}).is(t, 400, "invalid_phone_number")
	m.form(t, "PATCH", "/branches/1", "name=").is(t, 422, "validation_failed")
	m.refused(t, "POST", "/clock", "advance", object{"advance": "soon"})
}

func TestStorageSelfShowsAPictureForEachUploadedFile(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited(), with(func(o *mocktest.Options) { o.StorageURL = "self" }))
	made := m.parts(t, "POST", newContact, field("name", "A"), field("phone", "966512300021"), file("file", jpg)).is(t, 201, "").data(t)
	addresses := []any{made["avatar"], m.get(t, "/contacts/1").data(t)["avatar"]}
	for _, row := range m.rows(t, "/branches") {
		if row["file_url"] != nil {
			addresses = append(addresses, row["file_url"])
		}
	}
	if len(addresses) != 3 {
		t.Errorf("%v", addresses)
	}
	for _, address := range addresses {
		response, err := http.Get(address.(string))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := imagepng.Decode(response.Body); err != nil || response.StatusCode != 200 || !strings.HasPrefix(address.(string), m.Origin+"/storage/your-workspace/") {
			t.Errorf("%v: %d, %v", address, response.StatusCode, err)
		}
		response.Body.Close()
	}
	for _, path := range []string{"/storage/your-workspace/contacts/999/a.png", "/storage/nowhere/contacts/1/a.png", "/storage/your-workspace/nothing/1/a.png", "/storage/", "/storage//contacts/1/a"} {
		if status, _, _ := m.open(t, path, ""); status != 404 {
			t.Errorf("%s: %d", path, status)
		}
	}
	plain := start(t)
	if status, _, _ := plain.open(t, "/storage/your-workspace/contacts/1/ahmed.jpg", ""); status != 404 {
		t.Errorf("%d without the flag", status)
	}
}

// secondDocument is a copy of the document for the second version, changed by pairs of texts.
func secondDocument(pairs ...string) mocktest.Option {
	document := strings.NewReplacer(append([]string{"/api/developer", "/api/v2/developer", "enum: [v1]", "enum: [v1, v2]"}, pairs...)...).Replace(awalmock.OpenAPI())
	return with(func(o *mocktest.Options) { o.SpecV2, o.SpecV2Name = []byte(document), "v2.yaml" })
}

func TestTheSecondVersionIsAnsweredByItsOwnDocumentWithTheSameData(t *testing.T) {
	t.Parallel()
	m := start(t, mocktest.Auth("off"), unlimited(), secondDocument("        avatar:\n          type: string\n          nullable: true\n", "        picture:\n          type: string\n          nullable: true\n"))
	ask := func(target string, header ...string) *answer {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, m.Origin+target, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		a := &answer{status: response.StatusCode, header: response.Header}
		a.readAll(t, response.Body)
		_ = json.Unmarshal(a.body, &a.value)
		return a
	}
	m.form(t, "PATCH", "/contacts/1", "name=Renamed").is(t, 200, "")
	first, second, asked := ask("/api/developer/contacts/1"), ask("/api/v2/developer/contacts/1"), ask("/api/developer/contacts/1", "X-API-Version", "v2")
	if first.status != 200 || second.status != 200 || string(second.body) != string(asked.body) || second.data(t)["name"] != "Renamed" {
		t.Errorf("%s, %s, %s", first.body, second.body, asked.body)
	}
	if _, has := first.data(t)["avatar"]; !has {
		t.Errorf("%s", first.body)
	}
	if _, has := second.data(t)["avatar"]; has {
		t.Errorf("the second version shows what its document does not have: %s", second.body)
	}
	if a := ask("/api/v2/developer/conversations?phone_number_id=123456&searchTerm=Renamed"); a.status != 200 || len(a.rows()) != 1 {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := ask("/api/v2/developer/nothing"); a.status != 404 {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestWithoutASecondVersionItsAddressSaysSo(t *testing.T) {
	t.Parallel()
	m := start(t)
	response, err := http.Get(m.Origin + "/api/v2/developer/contacts")
	if err != nil {
		t.Fatal(err)
	}
	a := &answer{status: response.StatusCode}
	a.readAll(t, response.Body)
	if a.status != 404 || !strings.Contains(string(a.body), "start the mock with --spec-v2 FILE") {
		t.Errorf("%d %s", a.status, a.body)
	}
	if message := refusal(t, with(func(o *mocktest.Options) { o.SpecV2, o.SpecV2Name = []byte(awalmock.OpenAPI()), "v2.yaml" })); !strings.HasPrefix(message, "v2.yaml:") || !strings.Contains(message, "must be /api/v2/developer, and is /api/developer") {
		t.Error(message)
	}
}
