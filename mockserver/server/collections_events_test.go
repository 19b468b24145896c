package server_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"example.com/awalmock/mockserver/mocktest"
)

func TestRecordsAreTakenToAnotherMockAsEventsAndGoOnThere(t *testing.T) {
	t.Parallel()
	from := start(t, unlimited(), withSuppliers(t), supplierFixtures(t))
	from.send(t, "POST", "/suppliers", `{"name":"C","phone":"966112000003","password":"<&>"}`).is(t, 201, "")
	from.send(t, "PATCH", "/suppliers/1", `{"status":"paused","email":null}`).is(t, 200, "")
	from.send(t, "POST", "/suppliers", `{"name":"D","phone":"966112000004"}`).is(t, 201, "")
	from.send(t, "DELETE", "/suppliers/4", "").is(t, 200, "")
	var file bytes.Buffer
	if err := from.Events("", &file); err != nil {
		t.Fatal(err)
	}
	text := file.String()
	to := start(t, unlimited(), withSuppliers(t), supplierFixtures(t))
	to.send(t, "POST", "/suppliers", `{"name":"It goes","phone":"966112000009"}`).is(t, 201, "")
	if err := to.PutEvents(strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{"/suppliers", "/suppliers/1", "/suppliers?searchTerm=c", "/suppliers?status=paused"} {
		if a, b := from.get(t, target), to.get(t, target); !bytes.Equal(a.body, b.body) {
			t.Errorf("%s: %s and %s", target, a.body, b.body)
		}
	}
	a, b := from.send(t, "POST", "/suppliers", `{"name":"E","phone":"966112000004"}`), to.send(t, "POST", "/suppliers", `{"name":"E","phone":"966112000004"}`)
	if !bytes.Equal(a.body, b.body) || a.data(t)["id"] != 5.0 {
		t.Errorf("%s and %s", a.body, b.body)
	}
	to.send(t, "POST", "/suppliers", `{"name":"E","phone":"966112000003"}`).is(t, 409, "conflict")
}

func TestEventsOfACollectionThatTheMockDoesNotHaveAreRefusedWithTheirNumber(t *testing.T) {
	t.Parallel()
	from, to := start(t, withSuppliers(t)), start(t)
	from.send(t, "POST", "/suppliers", `{"name":"C","phone":"966112000003"}`).is(t, 201, "")
	var file bytes.Buffer
	if err := from.Events("", &file); err != nil {
		t.Fatal(err)
	}
	err := to.PutEvents(bytes.NewReader(file.Bytes()))
	var refused *mocktest.ControlError
	if !errors.As(err, &refused) || !strings.Contains(refused.Details["body"], "event 2 (record_put): there is no collection suppliers") {
		t.Errorf("%v", err)
	}
}

func TestChangesOfRecordsAreToldWithCollectionAndID(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited(), withSuppliers(t))
	changes := m.changes(t, "")
	m.send(t, "POST", "/suppliers", `{"name":"C","phone":"966112000003"}`).is(t, 201, "")
	m.send(t, "DELETE", "/suppliers/1", "").is(t, 200, "")
	for _, want := range []string{"2.record.put.1 record.put suppliers 1", "3.record.deleted.1 record.deleted suppliers 1"} {
		if got := changes.next(t); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	again := m.changes(t, "2.record.put.1")
	if got := again.next(t); got != "3.record.deleted.1 record.deleted suppliers 1" {
		t.Errorf("%s", got)
	}
}
