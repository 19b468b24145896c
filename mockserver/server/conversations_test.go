package server_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"example.com/awalmock/mockserver/mocktest"
)

func statusWords() []string {
	return []string{"unassigned", "my", "unread", "expired", "opened", "closed", "bot"}
}

func ids(rows []map[string]any) []float64 {
	all := []float64{}
	for _, row := range rows {
		all = append(all, row["id"].(float64))
	}
	return all
}

// search lists what a term finds.
func (m *mock) search(t *testing.T, term string) []map[string]any {
	t.Helper()
	return m.rows(t, listing+"&searchTerm="+url.QueryEscape(term))
}

func TestTheSevenWordsPartitionTheInbox(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	all := m.rows(t, listing)
	seen := map[float64]bool{}
	for _, word := range statusWords() {
		for _, row := range m.rows(t, listing+"&status="+word) {
			if row["status"] != word || seen[row["id"].(float64)] {
				t.Errorf("status=%s has %v", word, row)
			}
			seen[row["id"].(float64)] = true
		}
	}
	if len(seen) != len(all) {
		t.Errorf("%d rows of %d have a status", len(seen), len(all))
	}
}

func TestAnAbsentOrEmptyStatusKeepsAll(t *testing.T) {
	t.Parallel()
	m := start(t)
	want := m.get(t, listing).is(t, 200, "")
	for _, query := range []string{"&status=", "&status", "&searchTerm=", "&searchTerm", "&status=&searchTerm=", "&searchTerm=%20%20", "&searchTerm=++"} {
		if a := m.get(t, listing+query).is(t, 200, ""); string(a.body) != string(want.body) {
			t.Errorf("%s keeps something back", query)
		}
	}
}

func TestAnUnknownStatusWordIs400WithTheAllowedWords(t *testing.T) {
	t.Parallel()
	m := start(t)
	for _, word := range []string{"open", "UNREAD", "unread%20", "unread,my", "null", "0"} {
		a := m.get(t, listing+"&status="+word).is(t, 400, "validation_failed").names(t, "status")
		for _, allowed := range statusWords() {
			if !strings.Contains(a.detail("status"), allowed) {
				t.Errorf("%s: no %s in %s", word, allowed, a.body)
			}
		}
	}
}

func TestAnUnreadConversationIsOneWithUnreadMessagesUnlessClosedExpiredOrBot(t *testing.T) {
	t.Parallel()
	m := start(t)
	for _, row := range m.rows(t, listing) {
		unread := row["unread_count"].(float64) > 0
		switch row["status"] {
		case "unread":
			if !unread {
				t.Errorf("%v", row)
			}
		case "unassigned", "my", "opened":
			if unread {
				t.Errorf("%v", row)
			}
		}
	}
}

func TestAConversationExpires24HoursAfterItsLastMessageEitherWay(t *testing.T) {
	t.Parallel()
	noon := sendClock
	m := start(t)
	var newest time.Time
	for _, row := range m.rows(t, listing) {
		one := m.get(t, fmt.Sprintf("/conversations/%v?phone_number_id=123456", row["id"])).is(t, 200, "")
		data := one.value["data"].(map[string]any)
		messages := data["messages"].([]any)
		last := instant(t, row["created_at"])
		if len(messages) > 0 {
			last = instant(t, messages[len(messages)-1].(map[string]any)["date"])
		}
		expired := noon.Sub(last) >= 24*time.Hour
		if row["status"] != "closed" && expired != (row["status"] == "expired") {
			t.Errorf("last message %v, status %v", last, row["status"])
		}
		if data["status"] != row["status"] {
			t.Errorf("%v in the list, %v by its id", row["status"], data["status"])
		}
		if row["id"] == 1.0 {
			newest = last
		}
	}
	// The same conversation, a second before and at the very instant.
	for step, want := range map[time.Duration]string{24*time.Hour - time.Second: "unread", 24 * time.Hour: "expired"} {
		m := start(t)
		if err := m.Advance(newest.Add(step).Sub(noon)); err != nil {
			t.Fatal(err)
		}
		if rows := m.search(t, "96650000000"); rows[0]["status"] != want {
			t.Errorf("after %v: %v, want %s", step, rows[0]["status"], want)
		}
	}
}

func instant(t *testing.T, text any) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, fmt.Sprint(text))
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestASearchFindsAPartOfTheNameWhateverItsCase(t *testing.T) {
	t.Parallel()
	m := start(t)
	for _, term := range []string{"Ahmed Mohammed", "ahmed mohammed", "AHMED MOHAMMED", "hmed moh", "  Ahmed Mohammed  ", "\tAhmed Mohammed\n"} {
		if !slices.Contains(ids(m.search(t, term)), 1) {
			t.Errorf("%q does not find Ahmed Mohammed", term)
		}
	}
	if rows := m.search(t, "نورة القحطاني"); !slices.Contains(ids(rows), 3) {
		t.Errorf("an Arabic name is not found: %v", rows)
	}
	for _, row := range m.search(t, "ahmed") {
		if !strings.Contains(strings.ToLower(fmt.Sprint(row["name"])), "ahmed") {
			t.Errorf("%v", row)
		}
	}
}

func TestASearchFindsAPartOfThePhoneAlsoWrittenForPeople(t *testing.T) {
	t.Parallel()
	m := start(t)
	for _, term := range []string{"96650000000", "9665000000", "50000000", "+96650000000", "+966 50 000 000", "(966) 50-000-000", "966 5"} {
		if !slices.Contains(ids(m.search(t, term)), 1) {
			t.Errorf("%q does not find 96650000000", term)
		}
	}
	for _, term := range []string{"+", "-", "()", "+966 50 000 000 x", "tel:96650000000"} {
		if rows := m.search(t, term); len(rows) == 50 || slices.Contains(ids(rows), 1) {
			t.Errorf("%q finds %d rows", term, len(rows))
		}
	}
}

func TestCharactersHaveNoWildcardMeaning(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	all := m.rows(t, listing)
	for _, term := range []string{"%", "_", "*", ".", "?", "[a-z]", "\\", "^", "$", "A%d", "Ahm_d", "\x00", "96650000000\x00Ahmed", "'", "\""} {
		want := []float64{}
		for _, row := range all {
			if strings.Contains(fmt.Sprint(row["name"]), term) || strings.Contains(row["phone"].(string), term) {
				want = append(want, row["id"].(float64))
			}
		}
		if got := ids(m.search(t, term)); !slices.Equal(got, want) {
			t.Errorf("%q finds %v, want %v", term, got, want)
		}
	}
}

func TestASearchFoldsCaseAndNFCAndNothingElse(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	for phone, name := range map[string]string{"966777000001": "Zoë Straße", "966777000002": "Zoe\u0308 Σίσυφος", "966777000003": "أحمد ﻣﺤﻤﺪ"} {
		m.do(t, call{method: "POST", target: sendText, body: fmt.Sprintf(`{"phone":%q,"name":%q,"body":"x"}`, phone, name)}).is(t, 200, "")
	}
	for term, count := range map[string]int{
		"ZOË": 2, "zoe\u0308": 2, "Zoe Str": 0, "straße": 1, "strasse": 0, "ΣΊΣΥΦΟΣ": 1, "σίσυφοσ": 1, "أحمد ﻣ": 1, "احمد ﻣ": 0, "أحمد محمد": -1,
	} {
		rows := m.search(t, term)
		found := 0
		for _, row := range rows {
			if strings.HasPrefix(row["phone"].(string), "966777") {
				found++
			}
		}
		if count < 0 {
			count = 0 // presentation forms are other letters
		}
		if found != count {
			t.Errorf("%q finds %d, want %d", term, found, count)
		}
	}
}

func TestSearchAndStatusTogetherBothHold(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	found := ids(m.search(t, "a"))
	for _, word := range statusWords() {
		want := []float64{}
		for _, id := range ids(m.rows(t, listing+"&status="+word)) {
			if slices.Contains(found, id) {
				want = append(want, id)
			}
		}
		if got := ids(m.rows(t, listing+"&searchTerm=a&status="+word)); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", word, got, want)
		}
	}
}

func TestInvalidUTF8InAQueryIs400(t *testing.T) {
	t.Parallel()
	m := start(t)
	for _, value := range []string{"%ff", "%c0%80", "\xff", "%ed%a0%80", "a%e2%82"} {
		m.get(t, listing+"&searchTerm="+value).is(t, 400, "validation_failed").names(t, "searchTerm")
	}
}

func TestRowsAreNewestUpdatedFirstThenHighestID(t *testing.T) {
	t.Parallel()
	m := start(t)
	// Two changes in the same second of a stopped clock.
	for _, phone := range []string{"96650000001", "96650000000"} {
		m.do(t, call{method: "POST", target: sendText, body: `{"phone":"` + phone + `","body":"x"}`}).is(t, 200, "")
	}
	rows := m.rows(t, listing)
	if !slices.Equal(ids(rows)[:2], []float64{2, 1}) {
		t.Errorf("%v", ids(rows))
	}
	for i := 1; i < len(rows); i++ {
		before, after := rows[i-1], rows[i]
		a, b := instant(t, before["updated_at"]), instant(t, after["updated_at"])
		if b.After(a) || b.Equal(a) && after["id"].(float64) > before["id"].(float64) {
			t.Errorf("%v is before %v", before, after)
		}
	}
}

func TestTotalCountsWhatMatchesAndUnreadTotalTheWholeNumber(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	for _, query := range []string{"", "&status=closed", "&status=unread", "&searchTerm=ahmed", "&searchTerm=nothing-has-this", "&status=my&searchTerm=a"} {
		a := m.get(t, listing+query).is(t, 200, "")
		meta := a.value["meta"].(map[string]any)
		if meta["total"] != float64(len(a.rows())) || meta["unread_total"] != 15.0 {
			t.Errorf("%s: %v for %d rows", query, meta, len(a.rows()))
		}
	}
}

func TestAnEmptyResultIsAnEmptyArray(t *testing.T) {
	t.Parallel()
	a := start(t).get(t, listing+"&searchTerm=nothing-has-this").is(t, 200, "")
	if !strings.Contains(string(a.body), `"data":[]`) {
		t.Errorf("%s", a.body)
	}
}

func TestUpdatedAtDoesNotMoveWithThePassingOfTime(t *testing.T) {
	t.Parallel()
	m := start(t)
	moment := func() map[float64]any {
		all := map[float64]any{}
		for _, row := range m.rows(t, listing) {
			all[row["id"].(float64)] = row["updated_at"]
		}
		return all
	}
	before := moment()
	if err := m.Advance(100 * time.Hour); err != nil {
		t.Fatal(err)
	}
	for id, at := range moment() {
		if before[id] != at {
			t.Errorf("%v: %v became %v", id, before[id], at)
		}
	}
	if rows := m.rows(t, listing+"&status=my"); len(rows) != 0 {
		t.Errorf("%d rows are not expired", len(rows))
	}
}

func TestPhoneNumberIDIsRequiredAndMustBelongToTheWorkspace(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	eachOperation(t, func(t *testing.T, op operation) {
		if !strings.Contains(op.target, "phone_number_id=") {
			return
		}
		path, _, _ := strings.Cut(op.target, "?")
		for _, query := range []string{"", "?phone_number_id=", "?phone_number_id"} {
			r := op.request()
			r.target = path + query
			m.do(t, r).is(t, 400, "validation_failed").names(t, "phone_number_id")
		}
		bodies := []string{}
		for _, query := range []string{"?phone_number_id=1", "?phone_number_id=654321", "?phone_number_id=abc", "?phone_number_id=%20123456"} {
			r := op.request()
			r.target = path + query
			bodies = append(bodies, m.do(t, r).is(t, 404, "resource_not_found").sameButID())
		}
		if len(slices.Compact(bodies)) != 1 {
			t.Errorf("the answer differs between another workspace's number and none: %q", bodies)
		}
	})
}

func TestAnUnknownParameterIsIgnoredWithAWarningOrRefusedByStrict(t *testing.T) {
	t.Parallel()
	m, strict := start(t, unlimited()), start(t, unlimited(), mocktest.Strict())
	eachOperation(t, func(t *testing.T, op operation) {
		if op.method != "GET" {
			return
		}
		separator := map[bool]string{true: "&", false: "?"}[strings.Contains(op.target, "?")]
		r := op.request()
		r.target += separator + "searchTrem=x"
		a := m.do(t, r).is(t, 200, "")
		if warning := a.header.Get("X-Mock-Warning"); !strings.Contains(warning, `"searchTrem"`) {
			t.Errorf("%q", warning)
		}
		strict.do(t, r).is(t, 400, "validation_failed").names(t, "searchTrem")
		if a := m.do(t, op.request()); a.header.Get("X-Mock-Warning") != "" {
			t.Errorf("%v", a.header)
		}
	})
}

func TestAWarningNamesTheNearestAndEscapesTheName(t *testing.T) {
	t.Parallel()
	m := start(t)
	for query, want := range map[string]string{
		"&searchterm=x": "did you mean searchTerm?", "&Status=x": "did you mean status?", "&statuss=x": "did you mean status?",
		"&%D8%A3=x": `"\u0623"`, "&a%0D%0Ab=x": `"a\r\nb"`, "&%22=x": `"\""`,
	} {
		a := m.get(t, listing+query).is(t, 200, "")
		if warning := a.header.Get("X-Mock-Warning"); !strings.Contains(warning, want) || strings.ContainsFunc(warning, func(r rune) bool { return r > unicode.MaxASCII }) {
			t.Errorf("%s: %q", query, warning)
		}
	}
	if warning := m.get(t, listing+"&zzzzzzzz=x").header.Get("X-Mock-Warning"); strings.Contains(warning, "mean") {
		t.Errorf("%q", warning)
	}
}

func TestAnUnknownPropertyIsIgnoredWithAWarningOrRefusedByStrict(t *testing.T) {
	t.Parallel()
	r := call{method: "POST", target: sendText, body: `{"phone":"96650000000","body":"x","nmae":"y"}`}
	if warning := start(t).do(t, r).is(t, 200, "").header.Get("X-Mock-Warning"); !strings.Contains(warning, `"nmae"`) || !strings.Contains(warning, "mean name?") {
		t.Errorf("%q", warning)
	}
	start(t, mocktest.Strict()).do(t, r).is(t, 400, "validation_failed").names(t, "nmae")
}

func TestAParameterThatMayStandOnceAndStandsTwiceIs400(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	eachOperation(t, func(t *testing.T, op operation) {
		for _, p := range op.Parameters {
			if p.Value.In != "query" {
				continue
			}
			name, value := p.Value.Name, fmt.Sprint(p.Value.Example)
			separator := map[bool]string{true: "&", false: "?"}[strings.Contains(op.target, "?")]
			r := op.request()
			r.target += separator + name + "=" + value + "&" + name + "=" + value
			m.do(t, r).is(t, 400, "validation_failed").names(t, name)
		}
	})
}
