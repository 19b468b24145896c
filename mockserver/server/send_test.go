package server_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"example.com/awalmock/mockserver/mocktest"
)

var sendClock = time.Date(2024, 1, 20, 12, 0, 0, 0, time.UTC)

// post sends a signed body and gives status and decoded answer.
func post(t *testing.T, m *mocktest.Mock, target, contentType string, body []byte) (int, map[string]any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, m.URL+target, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", contentType)
	return do(t, m, r)
}

func do(t *testing.T, m *mocktest.Mock, r *http.Request) (int, map[string]any) {
	t.Helper()
	resp, err := m.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	answer := map[string]any{}
	if err := json.Unmarshal(text, &answer); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return resp.StatusCode, answer
}

func read(t *testing.T, m *mocktest.Mock, target string) map[string]any {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, m.URL+target, nil)
	if err != nil {
		t.Fatal(err)
	}
	status, answer := do(t, m, r)
	if status != http.StatusOK {
		t.Fatalf("%s: %d %v", target, status, answer)
	}
	return answer
}

func sendJSON(t *testing.T, m *mocktest.Mock, kind string, body any) (int, map[string]any) {
	t.Helper()
	text, ok := body.(string)
	if !ok {
		b, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		text = string(b)
	}
	return post(t, m, "/w/message/"+kind+"?phone_number_id=123456", "application/json", []byte(text))
}

// part is a part of a form; a file has a fileName.
type part struct{ name, fileName, contentType, value string }

func sendForm(t *testing.T, m *mocktest.Mock, kind string, parts ...part) (int, map[string]any) {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, p := range parts {
		h := textproto.MIMEHeader{}
		disposition := fmt.Sprintf(`form-data; name=%q`, p.name)
		if p.fileName != "" {
			disposition += fmt.Sprintf(`; filename=%q`, p.fileName)
			h.Set("Content-Type", p.contentType)
		}
		h.Set("Content-Disposition", disposition)
		f, err := w.CreatePart(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, p.value); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return post(t, m, "/w/message/"+kind+"?phone_number_id=123456", w.FormDataContentType(), body.Bytes())
}

func field(name, value string) part { return part{name: name, value: value} }

func file(name, content string) part {
	return part{name: name, fileName: "file.bin", contentType: "application/octet-stream", value: content}
}

func details(answer map[string]any) map[string]any {
	d, _ := answer["details"].(map[string]any)
	return d
}

// newest is the newest message of the conversation with a phone, and the conversation's row.
func newest(t *testing.T, m *mocktest.Mock, phone string) (message, row map[string]any) {
	t.Helper()
	rows := read(t, m, "/conversations?phone_number_id=123456&searchTerm="+phone)["data"].([]any)
	if len(rows) != 1 {
		t.Fatalf("%d conversations with %s", len(rows), phone)
	}
	row = rows[0].(map[string]any)
	thread := read(t, m, fmt.Sprintf("/conversations/%.0f?phone_number_id=123456", row["id"]))["data"].(map[string]any)["messages"].([]any)
	return thread[len(thread)-1].(map[string]any), row
}

func standing(t *testing.T, options ...mocktest.Option) *mocktest.Mock {
	t.Helper()
	return mocktest.Start(t, append([]mocktest.Option{mocktest.StandingClock(sendClock), mocktest.CheckAnswers()}, options...)...)
}

const (
	png  = "\x89PNG\r\n\x1a\n0000"
	pdf  = "%PDF-1.7\n"
	ogg  = "OggS\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01vorbis"
	amr  = "#!AMR\n"
	mp4  = "\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"
	ole  = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
	webp = "RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\xff\xc1\x7f\x00\x07\x10\x11\x11\x88\x88\xfe\x07\x00"
)

func TestWhatIsSentStandsInItsConversationUnharmed(t *testing.T) {
	t.Parallel()
	m := standing(t)
	long := strings.Repeat("م", 4095) + "👋"
	location := map[string]any{"latitude": 24.7136, "longitude": 46.6753, "name": "Office", "address": "King Fahd Road"}
	for _, c := range []struct {
		kind, content string
		send          func(phone string) (int, map[string]any)
	}{
		{"text", long, func(p string) (int, map[string]any) {
			return sendJSON(t, m, "text", map[string]any{"phone": p, "body": long, "preview_url": true})
		}},
		{"image", "https://example.com/a.png", func(p string) (int, map[string]any) {
			return sendJSON(t, m, "media", map[string]any{"phone": p, "type": "image", "link": "https://example.com/a.png"})
		}},
		{"document", "the offer", func(p string) (int, map[string]any) {
			return sendForm(t, m, "media", field("phone", p), field("type", "document"), file("file", pdf), field("caption", "the offer"))
		}},
		{"video", "file.bin", func(p string) (int, map[string]any) {
			return sendForm(t, m, "media", field("phone", p), field("type", "video"), file("file", mp4))
		}},
		{"button", "Choose", func(p string) (int, map[string]any) {
			return sendJSON(t, m, "button", map[string]any{"phone": p, "body_text": "Choose", "buttons": []any{map[string]any{"id": "1", "title": "Yes"}}})
		}},
		{"list", "Pick one", func(p string) (int, map[string]any) {
			return sendJSON(t, m, "list", map[string]any{"phone": p, "body_text": "Pick one", "button_text": "Open", "sections": []any{
				map[string]any{"title": "A", "rows": []any{map[string]any{"id": "1", "title": "One"}}},
			}})
		}},
		{"location", "24.7136,46.6753", func(p string) (int, map[string]any) {
			return sendJSON(t, m, "location", map[string]any{"phone": p, "location": location})
		}},
		{"template", "Hello Sara, welcome to Awal Store. How can we help you today?", func(p string) (int, map[string]any) {
			return sendForm(t, m, "template", field("phone", p), field("template_id", "1"), field("header_type", "TEXT"), field("body_params", `["Sara"]`))
		}},
	} {
		phone := "96655500" + fmt.Sprintf("%04d", len(c.kind)*100+int(c.kind[0]))
		status, answer := c.send(phone)
		if status != http.StatusOK || answer["status"] != true {
			t.Errorf("%s: %d %v", c.kind, status, answer)
			continue
		}
		sent := answer["message"].(map[string]any)
		if sent["status"] != "sent" || sent["timestamp"] != float64(sendClock.Unix()) || !strings.HasPrefix(sent["messageId"].(string), "wamid.") {
			t.Errorf("%s: %v", c.kind, sent)
		}
		message, row := newest(t, m, phone)
		if message["content"] != c.content || message["type"] != c.kind || message["direction"] != "outbound" || message["id"] != sent["id"] {
			t.Errorf("%s: %v", c.kind, message)
		}
		if row["status"] != "my" || row["name"] != phone || row["last_message"] != c.content {
			t.Errorf("%s: the new conversation is %v", c.kind, row)
		}
	}
}

func TestEachLimitOfASendHoldsAtItsBoundAndNotOneBeyond(t *testing.T) {
	t.Parallel()
	m := standing(t, mocktest.RateLimit("off"))
	text := func(n int) string { return strings.Repeat("ش", n) }
	buttons := func(n int) []any {
		var all []any
		for i := range n {
			all = append(all, map[string]any{"id": fmt.Sprint(i), "title": "T"})
		}
		return all
	}
	rows := func(section, n int) map[string]any {
		var all []any
		for i := range n {
			all = append(all, map[string]any{"id": fmt.Sprint(section, i), "title": "T"})
		}
		return map[string]any{"title": "S", "rows": all}
	}
	sections := func(n int) []any {
		var all []any
		for i := range n {
			all = append(all, rows(i, 1))
		}
		return all
	}
	button := func(change func(b map[string]any)) any {
		b := map[string]any{"phone": "966555000001", "body_text": "B", "buttons": buttons(1)}
		change(b)
		return b
	}
	list := func(change func(b map[string]any)) any {
		b := map[string]any{"phone": "966555000001", "body_text": "B", "button_text": "O", "sections": sections(1)}
		change(b)
		return b
	}
	row := func(key string, n int) any {
		return list(func(b map[string]any) {
			r := map[string]any{"id": "1", "title": "T"}
			r[key] = text(n)
			b["sections"] = []any{map[string]any{"title": "S", "rows": []any{r}}}
		})
	}
	at := func(latitude, longitude float64) any {
		return map[string]any{"phone": "966555000001", "location": map[string]any{"latitude": latitude, "longitude": longitude, "name": "N", "address": "A"}}
	}
	for _, c := range []struct {
		kind, field string
		good, bad   any
	}{
		{"text", "body", map[string]any{"phone": "966555000001", "body": text(4096)}, map[string]any{"phone": "966555000001", "body": text(4097)}},
		{"text", "body", map[string]any{"phone": "966555000001", "body": "x"}, map[string]any{"phone": "966555000001", "body": ""}},
		{"button", "body_text", button(func(b map[string]any) { b["body_text"] = text(1024) }), button(func(b map[string]any) { b["body_text"] = text(1025) })},
		{"button", "header_text", button(func(b map[string]any) { b["header_text"] = text(60) }), button(func(b map[string]any) { b["header_text"] = text(61) })},
		{"button", "footer_text", button(func(b map[string]any) { b["footer_text"] = text(60) }), button(func(b map[string]any) { b["footer_text"] = text(61) })},
		{"button", "buttons", button(func(b map[string]any) { b["buttons"] = buttons(3) }), button(func(b map[string]any) { b["buttons"] = buttons(4) })},
		{"button", "buttons", button(func(map[string]any) {}), button(func(b map[string]any) { b["buttons"] = []any{} })},
		{"button", "buttons[0].title", button(func(b map[string]any) { b["buttons"] = []any{map[string]any{"id": "1", "title": text(20)}} }), button(func(b map[string]any) { b["buttons"] = []any{map[string]any{"id": "1", "title": text(21)}} })},
		{"button", "buttons[0].id", button(func(b map[string]any) { b["buttons"] = []any{map[string]any{"id": text(256), "title": "T"}} }), button(func(b map[string]any) { b["buttons"] = []any{map[string]any{"id": text(257), "title": "T"}} })},
		{"button", "buttons[1].id", button(func(b map[string]any) { b["buttons"] = buttons(2) }), button(func(b map[string]any) { b["buttons"] = append(buttons(1), buttons(1)...) })},
		{"list", "button_text", list(func(b map[string]any) { b["button_text"] = text(20) }), list(func(b map[string]any) { b["button_text"] = text(21) })},
		{"list", "sections", list(func(b map[string]any) { b["sections"] = sections(10) }), list(func(b map[string]any) { b["sections"] = sections(11) })},
		{"list", "sections[0].rows", list(func(b map[string]any) { b["sections"] = []any{rows(0, 10)} }), list(func(b map[string]any) { b["sections"] = []any{rows(0, 11)} })},
		{"list", "sections[1].rows[0].id", list(func(b map[string]any) { b["sections"] = sections(2) }), list(func(b map[string]any) { b["sections"] = []any{rows(0, 1), rows(0, 1)} })},
		{"list", "sections[0].rows[0].id", row("id", 200), row("id", 201)},
		{"list", "sections[0].rows[0].title", row("title", 24), row("title", 25)},
		{"list", "sections[0].rows[0].description", row("description", 72), row("description", 73)},
		{"location", "location.latitude", at(90, 180), at(90.001, 180)},
		{"location", "location.longitude", at(-90, -180), at(-90, -180.001)},
		{"media", "link", map[string]any{"phone": "966555000001", "type": "image", "link": "https://a.b/c"}, map[string]any{"phone": "966555000001", "type": "image", "link": "http://a.b/c"}},
		{"media", "caption", map[string]any{"phone": "966555000001", "type": "image", "link": "https://a.b/c", "caption": "C"}, map[string]any{"phone": "966555000001", "type": "audio", "link": "https://a.b/c", "caption": "C"}},
		{"text", "preview_url", map[string]any{"phone": "966555000001", "body": "x", "preview_url": false}, map[string]any{"phone": "966555000001", "body": "x", "preview_url": "no"}},
		{"text", "body", `{"phone":"966555000001","body":"x"}`, `{"phone":"966555000001","body":"x","body":"y"}`},
		{"text", "body", `{"phone":"966555000001","body":"x"}`, `{"phone":"966555000001","body":"x"}{}`},
	} {
		if status, answer := sendJSON(t, m, c.kind, c.good); status != http.StatusOK {
			t.Errorf("%s %s at its bound: %d %v", c.kind, c.field, status, answer)
		}
		if status, answer := sendJSON(t, m, c.kind, c.bad); status != http.StatusBadRequest || details(answer)[c.field] == nil {
			t.Errorf("%s %s one beyond: %d %v", c.kind, c.field, status, answer)
		}
	}
}

func TestAnUploadIsWhatItsContentIs(t *testing.T) {
	t.Parallel()
	m := standing(t, mocktest.RateLimit("off"))
	for _, c := range []struct {
		kind, content string
		ok            bool
	}{
		{"image", png, true},
		{"image", webp, true},
		{"image", pdf, false},
		{"document", pdf, true},
		{"document", ole, true},
		{"document", png, false},
		{"audio", ogg, true},
		{"audio", amr, true},
		{"audio", mp4, false},
		{"video", mp4, true},
		{"sticker", webp, true},
		{"sticker", strings.Replace(webp, "\x2f\xff", "\x2f\xfe", 1), false}, // 511 x 512
		{"sticker", png, false},
		{"image", "", false},
		{"image", png + strings.Repeat("0", 5<<20-len(png)), true},
		{"image", png + strings.Repeat("0", 5<<20-len(png)+1), false},
	} {
		status, answer := sendForm(t, m, "media", field("phone", "966555000002"), field("type", c.kind), file("file", c.content))
		if (status == http.StatusOK) != c.ok || !c.ok && details(answer)["file"] == nil {
			t.Errorf("%s of %d bytes beginning %.4q: %d %v", c.kind, len(c.content), c.content, status, answer)
		}
	}
}

func TestAFormThatIsNotWholeIsRefusedByField(t *testing.T) {
	t.Parallel()
	m := standing(t)
	phone, kind := field("phone", "966555000003"), field("type", "image")
	for _, c := range []struct {
		field string
		parts []part
	}{
		{"file", []part{phone, kind}},
		{"phone", []part{kind, file("file", png)}},
		{"file", []part{phone, kind, file("file", png), file("file", png)}},
		{"phone", []part{phone, phone, kind, file("file", png)}},
		{"type", []part{phone, field("type", "gif"), file("file", png)}},
		{"caption", []part{phone, field("type", "audio"), file("file", ogg), field("caption", "C")}},
	} {
		if status, answer := sendForm(t, m, "media", c.parts...); status != http.StatusBadRequest || details(answer)[c.field] == nil {
			t.Errorf("%s: %d %v", c.field, status, answer)
		}
	}
	broken := "--B\r\nContent-Disposition: form-data; name=\"phone\"\r\n\r\n966555000003\r\n"
	status, answer := post(t, m, "/w/message/media?phone_number_id=123456", "multipart/form-data; boundary=B", []byte(broken))
	if status != http.StatusBadRequest || details(answer)["body"] == nil {
		t.Errorf("a form without an end: %d %v", status, answer)
	}
}

func TestASendThatNamesWhatIsNotThereIsRefused(t *testing.T) {
	t.Parallel()
	m := standing(t)
	if status, answer := sendForm(t, m, "template", field("phone", "966555000004"), field("template_id", "77"), field("header_type", "TEXT")); status != http.StatusNotFound {
		t.Errorf("unknown template: %d %v", status, answer)
	}
	if status, answer := sendForm(t, m, "template", field("phone", "966555000004"), field("template_id", "1"), field("header_type", "TEXT"), field("body_params", `{"a":1}`)); status != http.StatusBadRequest || details(answer)["body_params"] == nil {
		t.Errorf("body_params that are no list: %d %v", status, answer)
	}
	for params, want := range map[string]int{`nonsense`: 400, `[{"index":0}]`: 400, `[{"index":0,"name":"offer_id","value":"12345"}]`: 200} {
		status, answer := sendForm(t, m, "template", field("phone", "966555000004"), field("template_id", "1"), field("header_type", "TEXT"), field("button_params", params))
		if status != want || want == http.StatusBadRequest && details(answer)["button_params"] == nil {
			t.Errorf("button_params %s: %d %v", params, status, answer)
		}
	}
	// Message 1 is in the conversation with 96650000000, and in no other.
	if status, answer := sendJSON(t, m, "text", map[string]any{"phone": "96650000001", "body": "x", "reply_to": "1"}); status != http.StatusBadRequest || details(answer)["reply_to"] == nil {
		t.Errorf("reply_to of another conversation: %d %v", status, answer)
	}
	if status, answer := sendJSON(t, m, "text", map[string]any{"phone": "96650000000", "body": "x", "reply_to": "1"}); status != http.StatusOK {
		t.Errorf("reply_to of this conversation: %d %v", status, answer)
	}
	if status, answer := post(t, m, "/w/message/text?phone_number_id=654321", "application/json", []byte(`{"phone":"966555000004","body":"x"}`)); status != http.StatusNotFound {
		t.Errorf("a number of another workspace: %d %v", status, answer)
	}
	if status, answer := post(t, m, "/w/message/text?phone_number_id=123456", "text/plain", []byte(`{"phone":"966555000004","body":"x"}`)); status != http.StatusUnsupportedMediaType {
		t.Errorf("text/plain: %d %v", status, answer)
	}
}

func TestRecipientsWithAMeaningAnswerAsTheySay(t *testing.T) {
	t.Parallel()
	m := standing(t)
	for phone, want := range map[string]int{"966500000429": 429, "966500000500": 500} {
		if status, answer := sendJSON(t, m, "text", map[string]any{"phone": phone, "body": "x"}); status != want || answer["request_id"] == "" {
			t.Errorf("%s: %d %v", phone, status, answer)
		}
	}
}

func TestSendingMarksTheConversationReadAndReadingDoesNot(t *testing.T) {
	t.Parallel()
	m := standing(t)
	if _, row := newest(t, m, "96650000000"); row["unread_count"] != float64(3) {
		t.Fatalf("after reading: %v", row)
	}
	if status, answer := sendJSON(t, m, "text", map[string]any{"phone": "96650000000", "body": "On its way"}); status != http.StatusOK {
		t.Fatal(status, answer)
	}
	if _, row := newest(t, m, "96650000000"); row["unread_count"] != float64(0) || row["last_message"] != "On its way" {
		t.Fatalf("after sending: %v", row)
	}
}

func TestATicketOpensOnceAndClosesItsConversation(t *testing.T) {
	t.Parallel()
	m := standing(t)
	act := func(route string) (int, map[string]any) {
		return post(t, m, "/wechat/chat/events/2?phone_number_id=123456", "application/json", []byte(`{"route":"`+route+`"}`))
	}
	if status, answer := act("closeTicket"); status != http.StatusConflict || answer["error"] != "conflict" {
		t.Fatalf("closing without one: %d %v", status, answer)
	}
	status, opened := act("openTicket")
	data, _ := opened["data"].(map[string]any)
	if status != http.StatusOK || data["status"] != "opened" || data["conversation_id"] != float64(2) || data["opened_at"] != "2024-01-20T12:00:00Z" {
		t.Fatalf("opening: %d %v", status, opened)
	}
	if status, answer := act("openTicket"); status != http.StatusConflict {
		t.Fatalf("opening twice: %d %v", status, answer)
	}
	status, closed := act("closeTicket")
	end, _ := closed["data"].(map[string]any)
	if status != http.StatusOK || end["status"] != "closed" || end["ticket_id"] != data["ticket_id"] || end["closed_at"] == nil {
		t.Fatalf("closing: %d %v", status, closed)
	}
	if _, row := newest(t, m, "96650000001"); row["status"] != "closed" {
		t.Fatalf("its conversation is %v", row)
	}
	if status, _ := act("openTicket"); status != http.StatusOK {
		t.Fatal("it does not open again:", status)
	}
	if _, row := newest(t, m, "96650000001"); row["status"] == "closed" {
		t.Fatalf("its conversation is %v", row)
	}
	if status, answer := act("shutTicket"); status != http.StatusBadRequest || details(answer)["route"] == nil {
		t.Fatalf("another word: %d %v", status, answer)
	}
}

func TestTemplatesArePagedAndFoundByName(t *testing.T) {
	t.Parallel()
	m := standing(t)
	all := read(t, m, "/templates")
	if n := len(all["data"].([]any)); n != 5 || all["meta"].(map[string]any)["per_page"] != float64(100) {
		t.Fatalf("%d templates, %v", n, all["meta"])
	}
	page := read(t, m, "/templates?page=3&limit=2")
	if n := len(page["data"].([]any)); n != 1 || page["meta"].(map[string]any)["last_page"] != float64(3) {
		t.Fatalf("%d templates on the last page, %v", n, page["meta"])
	}
	if n := len(read(t, m, "/templates?searchTerm=WELCOME")["data"].([]any)); n != 1 {
		t.Fatalf("%d templates are found by name", n)
	}
	if one := read(t, m, "/templates/1"); one["data"].(map[string]any)["name"] != "welcome_message" {
		t.Fatal(one)
	}
	if numbers := read(t, m, "/waba-numbers")["data"].([]any); len(numbers) != 2 || numbers[0].(map[string]any)["phone_number_id"] != "123456" {
		t.Fatal(numbers)
	}
}

func TestTheSameCommandsGiveTheSameBytes(t *testing.T) {
	t.Parallel()
	history := func() string {
		m := standing(t)
		for _, phone := range []string{"96650000000", "966555000005", "966500000901"} {
			sendJSON(t, m, "text", map[string]any{"phone": phone, "body": "x"})
		}
		post(t, m, "/wechat/chat/events/2?phone_number_id=123456", "application/json", []byte(`{"route":"openTicket"}`))
		text, err := json.Marshal([]any{read(t, m, "/conversations?phone_number_id=123456"), read(t, m, "/fetch-message-status-app?phone_number_id=123456")})
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	if first, second := history(), history(); first != second {
		t.Fatalf("two mocks differ:\n%s\n%s", first, second)
	}
}
