package spec

import (
	"net/http"
	"testing"

	"example.com/awalmock"
)

const row = `{"id":1,"phone":"96650000000","name":"Ahmed Mohammed","last_message":"Thank you","last_message_type":"text","unread_count":3,"status":"unread","updated_at":"2024-01-20T10:30:00Z","created_at":"2024-01-15T09:00:00Z"}`

func BenchmarkLoad(b *testing.B) {
	data := []byte(awalmock.OpenAPI())
	b.ReportAllocs()
	for b.Loop() {
		must(Load("openapi.yaml", data))
	}
}

func BenchmarkMatchAndCheckList(b *testing.B) {
	d, header := awalDocument(), http.Header{"Accept": {"application/json"}}
	b.ReportAllocs()
	for b.Loop() {
		m, err := d.Match("GET", "/api/developer/conversations")
		if err != nil {
			b.Fatal(err)
		}
		if _, err := m.Operation.Check(&Input{Match: m, RawQuery: "phone_number_id=123456&status=unread", Header: header}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMatchAndCheckOne(b *testing.B) {
	d, header := awalDocument(), http.Header{}
	b.ReportAllocs()
	for b.Loop() {
		m, err := d.Match("GET", "/api/developer/conversations/17")
		if err != nil {
			b.Fatal(err)
		}
		if _, err := m.Operation.Check(&Input{Match: m, RawQuery: "phone_number_id=123456", Header: header}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCheckJSONBody(b *testing.B) {
	d, header := richDocument(), jsonHeader()
	body := []byte(`{"both":{"a":"Ahmed","b":1,"c":true},"maybe":"96650000000","tree":{"left":{"left":{}}}}`)
	m, err := d.Match("POST", "/v1/choice")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := m.Operation.Check(&Input{Match: m, Header: header, Body: body}); err != nil {
			b.Fatal(err)
		}
	}
}

func conversation(b *testing.B) *Schema {
	s := awalDocument().Operation("listConversations").Success().JSON().Schema.Property("data").Items
	if !s.AcceptsJSON([]byte(row)) {
		b.Fatal("the row does not fit")
	}
	return s
}

func BenchmarkAcceptsRow(b *testing.B) {
	s := conversation(b)
	v, _ := DecodeStrict([]byte(row))
	b.ReportAllocs()
	for b.Loop() {
		if !s.Accepts(v) {
			b.Fatal("refused")
		}
	}
}

func BenchmarkAcceptsRowAsJSON(b *testing.B) {
	s := conversation(b)
	data := []byte(row)
	b.ReportAllocs()
	for b.Loop() {
		if !s.AcceptsJSON(data) {
			b.Fatal("refused")
		}
	}
}

func BenchmarkKinOnARow(b *testing.B) {
	s := conversation(b)
	v, _ := DecodeStrict([]byte(row))
	b.ReportAllocs()
	for b.Loop() {
		if s.visitKin(v, true) != nil {
			b.Fatal("refused")
		}
	}
}

func BenchmarkDecodeStrict(b *testing.B) {
	data := []byte(row)
	b.ReportAllocs()
	for b.Loop() {
		if _, violations := DecodeStrict(data); violations != nil {
			b.Fatal(violations)
		}
	}
}
