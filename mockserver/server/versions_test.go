package server_test

import (
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

func TestValidationStatusIsThatOfInvalidRequestsOnly(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited(), with(func(o *mocktest.Options) { o.ValidationStatus = 422 }))
	for target, want := range map[string]string{"/orders?phone_number_id=123456&limit=0": "422 validation_failed", "/contacts/x": "422 validation_failed"} {
		a := m.exchange(t, "GET", m.wire(call{target: target}))
		if got := fmt.Sprint(a.status, " ", a.value["error"]); got != want {
			t.Errorf("%s: %s", target, got)
		}
	}
	m.sendJSON(t, "text", object{"phone": "+966", "body": "x"}).is(t, 400, "invalid_phone_number")
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
