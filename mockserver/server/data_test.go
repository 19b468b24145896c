package server_test

import (
	"fmt"
	"sync"
	"testing"
	"unicode"

	"example.com/awalmock/mockserver/mocktest"
)

// signedBy is a call for the workspace at a place in the list.
func (m *mock) signedBy(workspace int, target string) call {
	w := m.Workspaces()[workspace]
	return call{target: target, secret: w.Secret, auth: map[string]string{"X-Domain": w.Domain, "X-Client-ID": w.ClientID}}
}

func TestTheDefaultsAreTheValuesOfTheVendorsExamples(t *testing.T) {
	t.Parallel()
	m := start(t)
	w := m.Workspaces()
	if len(w) != 2 || w[0].Domain != "your-workspace" || w[0].ClientID != "your-client-id" || w[0].Secret != "your-hmac-secret" ||
		fmt.Sprint(w[0].PhoneNumberIDs) != "[123456 123457]" {
		t.Errorf("%v", w)
	}
	if w[1].Domain != "other-workspace" || w[1].ClientID != "other-client-id" || w[1].Secret != "other-hmac-secret" || fmt.Sprint(w[1].PhoneNumberIDs) != "[654321]" {
		t.Errorf("%v", w)
	}
	if m.Server().BasePath() != base {
		t.Errorf("base path %s", m.Server().BasePath())
	}
}

func TestTheVendorsExampleRequestsGetTheDocumentedShapeAndValues(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		m := start(t, mocktest.Seed(seed))
		a := m.get(t, listing).is(t, 200, "")
		meta := a.value["meta"].(map[string]any)
		if meta["total"] != 50.0 || meta["unread_total"] != 15.0 || len(a.rows()) != 50 || a.value["status"] != true {
			t.Errorf("seed %d: %v, %d rows", seed, meta, len(a.rows()))
		}
		with := 0
		for _, row := range a.rows() {
			if row["unread_count"].(float64) > 0 {
				with++
			}
			switch row["id"] {
			case 1.0:
				want(t, row, map[string]any{"phone": "96650000000", "name": "Ahmed Mohammed", "status": "unread", "unread_count": 3.0})
			case 2.0:
				want(t, row, map[string]any{
					"phone": "96650000001", "name": "Fatima Ali", "status": "opened", "unread_count": 0.0, "last_message": "Thank you", "last_message_type": "text",
				})
			}
		}
		if with != 15 {
			t.Errorf("seed %d: %d rows have unread messages", seed, with)
		}
		unread := m.get(t, listing+"&status=unread").is(t, 200, "")
		if len(unread.rows()) != 12 {
			t.Errorf("seed %d: %d rows are unread", seed, len(unread.rows()))
		}
		one := m.get(t, conversation(1)).is(t, 200, "").value["data"].(map[string]any)
		want(t, one, map[string]any{"id": 1.0, "phone": "96650000000", "name": "Ahmed Mohammed"})
		first := one["messages"].([]any)[0].(map[string]any)
		want(t, first, map[string]any{"content": "Hello", "type": "text", "direction": "inbound", "status": "read"})
		if len(m.rows(t, "/fetch-message-status-app?phone_number_id=123456")) == 0 {
			t.Errorf("seed %d: no message status", seed)
		}
		if rows := m.rows(t, "/conversations?phone_number_id=123457"); len(rows) != 8 {
			t.Errorf("seed %d: the second number has %d conversations", seed, len(rows))
		}
	}
}

func want(t *testing.T, got, want map[string]any) {
	t.Helper()
	for key, value := range want {
		if got[key] != value {
			t.Errorf("%s is %v, want %v: %v", key, got[key], value, got)
		}
	}
}

func TestEveryStatusAndTypeOccursThreeTimesAndLanguagesAreMixed(t *testing.T) {
	t.Parallel()
	for _, seed := range []uint64{1, 7} {
		m := start(t, unlimited(), mocktest.Seed(seed))
		count := map[string]int{}
		var names, arabicNames, texts, arabicTexts float64
		ids, messageIDs := map[float64]bool{}, map[float64]bool{}
		for _, number := range []string{"123456", "123457"} {
			for _, row := range m.rows(t, "/conversations?phone_number_id="+number) {
				if ids[row["id"].(float64)] {
					t.Errorf("conversation %v appears twice in the workspace", row["id"])
				}
				ids[row["id"].(float64)] = true
				if number == "123456" {
					count["conversation "+row["status"].(string)]++
				}
				if name, _ := row["name"].(string); name != "" {
					names++
					arabicNames += arabic(name)
				}
				if row["name"] == nil || row["last_message"] == nil || row["last_message_type"] == nil {
					t.Errorf("the mock sends null: %v", row)
				}
				a := m.get(t, fmt.Sprintf("/conversations/%v?phone_number_id=%s", row["id"], number)).is(t, 200, "")
				for _, value := range a.value["data"].(map[string]any)["messages"].([]any) {
					message := value.(map[string]any)
					if id := message["id"].(float64); messageIDs[id] {
						t.Errorf("message %v appears twice in the workspace", id)
					}
					messageIDs[message["id"].(float64)] = true
					count["message "+message["status"].(string)]++
					count["type "+message["type"].(string)]++
					if message["type"] == "text" {
						texts++
						arabicTexts += arabic(message["content"].(string))
					}
				}
			}
		}
		for _, word := range statusWords() {
			atLeastThree(t, count, "conversation "+word)
		}
		for _, word := range []string{"sent", "delivered", "read", "failed"} {
			atLeastThree(t, count, "message "+word)
		}
		for _, word := range []string{"text", "image", "video", "audio", "document", "sticker", "location", "template", "button", "list"} {
			atLeastThree(t, count, "type "+word)
		}
		for what, share := range map[string]float64{"names": arabicNames / names, "texts": arabicTexts / texts} {
			if share < 0.4 || share > 0.6 {
				t.Errorf("seed %d: %.2f of the %s are Arabic", seed, share, what)
			}
		}
	}
}

func atLeastThree(t *testing.T, count map[string]int, what string) {
	t.Helper()
	if count[what] < 3 {
		t.Errorf("%s occurs %d times", what, count[what])
	}
}

func arabic(text string) float64 {
	for _, r := range text {
		if unicode.Is(unicode.Arabic, r) {
			return 1
		}
	}
	return 0
}

func TestAWorkspaceShowsNothingOfAnother(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	mine, theirs := m.get(t, listing).is(t, 200, ""), m.do(t, m.signedBy(1, "/conversations?phone_number_id=654321")).is(t, 200, "")
	phones := map[any]bool{}
	for _, row := range mine.rows() {
		phones[row["phone"]] = true
	}
	for _, row := range theirs.rows() {
		if phones[row["phone"]] {
			t.Errorf("both have %v", row)
		}
	}
	m.do(t, m.signedBy(1, listing)).is(t, 404, "resource_not_found")
	m.do(t, m.signedBy(1, conversation(1))).is(t, 404, "resource_not_found")
	m.do(t, m.signedBy(1, "/fetch-message-status-app?phone_number_id=123456")).is(t, 404, "resource_not_found")
}

func TestReadsGiveTheSameBytesInAnyOrderAndInParallel(t *testing.T) {
	t.Parallel()
	targets := []string{listing, listing + "&status=unread", conversation(1), conversation(40), conversation(50), "/fetch-message-status-app?phone_number_id=123456", "/templates", "/templates/3", "/waba-numbers"}
	first := start(t, unlimited())
	want := map[string]string{}
	for _, target := range targets {
		want[target] = string(first.get(t, target).is(t, 200, "").body)
	}
	second := start(t, unlimited())
	var wait sync.WaitGroup
	for round := range 3 {
		for i := range targets {
			target := targets[(len(targets)-i+round)%len(targets)]
			wait.Go(func() {
				response, err := second.Client().Get(second.URL + target)
				if err != nil {
					t.Error(err)
					return
				}
				a := &answer{status: response.StatusCode}
				a.readAll(t, response.Body)
				if string(a.body) != want[target] {
					t.Errorf("%s differs", target)
				}
			})
		}
	}
	wait.Wait()
	if other := start(t, mocktest.Seed(2)).get(t, listing); string(other.body) == want[listing] {
		t.Error("another seed gives the same list")
	}
}

func TestErrorBodiesAreTheSameButForTheRequestID(t *testing.T) {
	t.Parallel()
	a, b := start(t, at(century())), start(t, at(century()))
	for _, r := range []call{
		{target: "/nowhere"},
		{target: listing, secret: "wrong"},
		{target: listing, at: "1"},
		{target: "/conversations?status=x"},
		{target: conversation(999999)},
		{method: "PUT", target: listing},
		{method: "POST", target: sendText, body: `{"phone":"+1","more":{"b":1,"a":[}`},
		{method: "POST", target: sendText, body: `{}`},
	} {
		if x, y := a.do(t, r), b.do(t, r); x.sameButID() != y.sameButID() || string(x.body) == string(y.body) {
			t.Errorf("%s\n%s", x.body, y.body)
		}
	}
}
