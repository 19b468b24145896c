package server_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// eachSpot tries something at every place of the JSON body of every operation. The limits are those of the document.
func eachSpot(t *testing.T, test func(t *testing.T, m *mock, op operation, root *openapi3.Schema, s spot)) {
	t.Helper()
	m := start(t, unlimited())
	eachBody(t, func(t *testing.T, op operation, root *openapi3.Schema) {
		for _, s := range spots(root) {
			test(t, m, op, root, s)
		}
	})
}

// eachBody tries something with every operation that takes JSON; root is the schema of its body.
func eachBody(t *testing.T, test func(t *testing.T, op operation, root *openapi3.Schema)) {
	t.Helper()
	c, err := ownContract()
	if err != nil {
		t.Fatal(err)
	}
	bodies := c.jsonBodies()
	if len(bodies) != 9 {
		t.Fatalf("%d operations take JSON: the five sends, the ticket, groups and orders do", len(bodies))
	}
	eachOperation(t, func(t *testing.T, op operation) {
		if root := bodies[op.id]; root != nil {
			test(t, op, root)
		}
	})
}

// try sends a body to an operation.
func (m *mock) try(t *testing.T, op operation, body any) *answer {
	t.Helper()
	return m.do(t, call{method: op.method, target: op.target, body: asJSON(t, body)})
}

func TestAWholeBodyOfEveryOperationIsAccepted(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	eachBody(t, func(t *testing.T, op operation, root *openapi3.Schema) {
		whole := (&filler{}).value("", root)
		if a := m.try(t, op, whole).is(t, op.status, ""); a.header.Get("X-Mock-Warning") != "" {
			t.Errorf("%v: %s", whole, a.header.Get("X-Mock-Warning"))
		}
	})
}

func TestALengthHoldsAtItsBoundAndNotOneCharacterBeyondWhateverItsBytes(t *testing.T) {
	t.Parallel()
	eachSpot(t, func(t *testing.T, m *mock, op operation, root *openapi3.Schema, s spot) {
		if s.schema.MaxLength == nil {
			return
		}
		n := int(*s.schema.MaxLength)
		for _, c := range characters() {
			m.try(t, op, s.body(root, strings.Repeat(c, n))).is(t, op.status, "")
			a := m.try(t, op, s.body(root, strings.Repeat(c, n+1))).is(t, 400, "validation_failed").names(t, s.field())
			if !strings.Contains(a.detail(s.field()), fmt.Sprint(n)) {
				t.Errorf("the bound is not named: %s", a.body)
			}
		}
		// A letter with a combining mark is two code points, an escape is the character that it means.
		m.try(t, op, s.body(root, strings.Repeat("e\u0301", n/2))).is(t, op.status, "")
		m.try(t, op, s.body(root, strings.Repeat("e\u0301", n/2)+"ee")).is(t, 400, "validation_failed").names(t, s.field())
		escaped := strings.Replace(asJSON(t, s.body(root, "ESCAPED")), "ESCAPED", strings.Repeat(`\ud83d\udc4b`, n), 1)
		m.try(t, op, escaped).is(t, op.status, "")
	})
}

func TestTheDocumentHasTheLimitsOfTheVendorsPages(t *testing.T) {
	t.Parallel()
	c, err := ownContract()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for id, root := range c.jsonBodies() {
		for _, s := range spots(root) {
			switch {
			case s.schema.MaxLength != nil:
				got[id+" "+s.field()] = fmt.Sprint(*s.schema.MaxLength)
			case s.schema.MaxItems != nil:
				got[id+" "+s.field()] = fmt.Sprint(s.schema.MinItems, "-", *s.schema.MaxItems)
			case s.schema.Max != nil:
				got[id+" "+s.field()] = fmt.Sprint(*s.schema.Min, "-", *s.schema.Max)
			}
		}
	}
	want := map[string]string{
		"createContactGroup name": "255", "updateContactGroup name": "255",
		"sendTextMessage body":        "4096",
		"sendButtonMessage body_text": "1024", "sendButtonMessage header_text": "60", "sendButtonMessage footer_text": "60",
		"sendButtonMessage buttons": "1-3", "sendButtonMessage buttons[0].title": "20", "sendButtonMessage buttons[0].id": "256",
		"sendListMessage button_text": "20", "sendListMessage sections": "1-10", "sendListMessage sections[0].title": "24", "sendListMessage sections[0].rows": "1-10",
		"sendListMessage sections[0].rows[0].id": "200", "sendListMessage sections[0].rows[0].title": "24", "sendListMessage sections[0].rows[0].description": "72",
		"sendLocationMessage location.latitude": "-90-90", "sendLocationMessage location.longitude": "-180-180",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("limits are %v\nwant %v", got, want)
	}
}

func TestARequiredTextIsNotEmpty(t *testing.T) {
	t.Parallel()
	eachSpot(t, func(t *testing.T, m *mock, op operation, root *openapi3.Schema, s spot) {
		if !s.required || !s.schema.Type.Is("string") {
			return
		}
		code := "validation_failed"
		if s.field() == "phone" {
			code = "invalid_phone_number"
		}
		m.try(t, op, s.body(root, "")).is(t, 400, code).names(t, s.field())
	})
}

func TestAListHoldsAtBothBoundsAndNotOneBeyond(t *testing.T) {
	t.Parallel()
	eachSpot(t, func(t *testing.T, m *mock, op operation, root *openapi3.Schema, s spot) {
		if s.schema.MaxItems == nil {
			return
		}
		items := func(n uint64) any {
			f := filler{ids: 1000}
			list := []any{}
			for range n {
				list = append(list, f.value("", s.schema.Items.Value))
			}
			return s.body(root, list)
		}
		m.try(t, op, items(s.schema.MinItems)).is(t, op.status, "")
		m.try(t, op, items(*s.schema.MaxItems)).is(t, op.status, "")
		m.try(t, op, items(s.schema.MinItems-1)).is(t, 400, "validation_failed").names(t, s.field())
		m.try(t, op, items(*s.schema.MaxItems+1)).is(t, 400, "validation_failed").names(t, s.field())
	})
}

func TestANumberHoldsAtBothBoundsAndNotBeyond(t *testing.T) {
	t.Parallel()
	eachSpot(t, func(t *testing.T, m *mock, op operation, root *openapi3.Schema, s spot) {
		if s.schema.Max == nil {
			return
		}
		for _, bound := range []float64{*s.schema.Min, *s.schema.Max} {
			beyond := 1.000001 * bound
			m.try(t, op, s.body(root, bound)).is(t, op.status, "")
			m.try(t, op, s.body(root, beyond)).is(t, 400, "validation_failed").names(t, s.field())
		}
		m.try(t, op, s.body(root, json.Number("1e999"))).is(t, 400, "validation_failed").names(t, s.field())
	})
}

func TestAValueOfAnotherJSONTypeIs400ThatNamesItsField(t *testing.T) {
	t.Parallel()
	eachSpot(t, func(t *testing.T, m *mock, op operation, root *openapi3.Schema, s spot) {
		for _, value := range others(s.schema) {
			a := m.try(t, op, s.body(root, value)).is(t, 400, "validation_failed")
			if a.detail(s.field()) == "" || len(details(a.value)) != 1 {
				t.Errorf("%s is %v: %s", s.field(), value, a.body)
			}
		}
	})
}

func TestAMissingPropertyIs400IfItIsRequiredAndElseNot(t *testing.T) {
	t.Parallel()
	eachSpot(t, func(t *testing.T, m *mock, op operation, root *openapi3.Schema, s spot) {
		if _, element := s.path[len(s.path)-1].(int); element {
			return
		}
		a := m.try(t, op, s.without(root))
		if !s.required {
			a.is(t, op.status, "")
			return
		}
		a.is(t, 400, "validation_failed").names(t, s.field())
	})
}

func TestAPropertyThatStandsTwiceIs400UnderItsPath(t *testing.T) {
	t.Parallel()
	eachSpot(t, func(t *testing.T, m *mock, op operation, root *openapi3.Schema, s spot) {
		if _, element := s.path[len(s.path)-1].(int); element {
			return
		}
		m.try(t, op, s.twice(t, root)).is(t, 400, "validation_failed").names(t, s.field())
	})
}

func TestWhatIsNoJSONObjectIs400OnBody(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	eachBody(t, func(t *testing.T, op operation, _ *openapi3.Schema) {
		good := op.body
		for _, body := range []string{
			`[]`, `null`, `"x"`, `1`, `true`, ` `, `{`, good[:len(good)-1], good + good, good + "x", "\ufeff" + good, `{"a":` + strings.Repeat("[", 65) + strings.Repeat("]", 65) + `}`,
			`{'phone':'1'}`, `{"phone":"1",}`, `{"phone":NaN}`, "{\"phone\":\"\xff\"}", "{\"phone\":\"\x01\"}", `{"phone":"\ud800"}`, `{"phone":01}`,
		} {
			r := op.request()
			r.body = body
			a := m.do(t, r).is(t, 400, "validation_failed")
			if a.detail("body") == "" && a.detail("phone") == "" {
				t.Errorf("%q: %s", body, a.body)
			}
		}
		r := op.request()
		r.body = ""
		m.do(t, r).is(t, 400, "validation_failed").names(t, "body")
	})
}

func TestButtonIDsAndRowIDsAreUniqueInTheWholeMessage(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	button := func(ids ...string) object {
		list := []any{}
		for _, id := range ids {
			list = append(list, object{"id": id, "title": "T"})
		}
		return object{"phone": "966555009001", "body_text": "B", "buttons": list}
	}
	list := func(sections ...[]string) object {
		all := []any{}
		for _, ids := range sections {
			rows := []any{}
			for _, id := range ids {
				rows = append(rows, object{"id": id, "title": "T"})
			}
			all = append(all, object{"title": "S", "rows": rows})
		}
		return object{"phone": "966555009001", "body_text": "B", "button_text": "O", "sections": all}
	}
	m.sendJSON(t, "button", button("a", "A", " a")).is(t, 200, "")
	m.sendJSON(t, "button", button("a", "b", "a")).is(t, 400, "validation_failed").names(t, "buttons[2].id")
	m.sendJSON(t, "button", button("a", "a", "a")).is(t, 400, "validation_failed").names(t, "buttons[1].id", "buttons[2].id")
	m.sendJSON(t, "list", list([]string{"a", "b"}, []string{"c", "A"})).is(t, 200, "")
	m.sendJSON(t, "list", list([]string{"a", "b", "a"})).is(t, 400, "validation_failed").names(t, "sections[0].rows[2].id")
	m.sendJSON(t, "list", list([]string{"a"}, []string{"b", "a"})).is(t, 400, "validation_failed").names(t, "sections[1].rows[1].id")
}

func TestALinkStartsWithHTTPS(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	send := func(link string) *answer {
		return m.sendJSON(t, "media", object{"phone": "966555009002", "type": "image", "link": link})
	}
	for _, link := range []string{"https://a.b/c", "https://example.com/%D8%B4.png?x=1#y"} {
		send(link).is(t, 200, "")
	}
	for _, link := range []string{"http://a.b/c", "ftp://a.b", "a.png", "", " https://a.b/c", "HTTP://a.b", "//a.b/c", "https//a.b", "file:///etc/passwd"} {
		send(link).is(t, 400, "validation_failed").names(t, "link")
	}
}

func TestACaptionOnAudioOrAStickerIs400(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	content := map[string]string{"image": png, "video": mp4, "document": pdf, "audio": ogg, "sticker": webp}
	for kind, sample := range content {
		byLink := m.sendJSON(t, "media", object{"phone": "966555009003", "type": kind, "link": "https://a.b/c", "caption": "C"})
		upload := m.sendForm(t, "media", field("phone", "966555009003"), field("type", kind), file("file", sample), field("caption", "C"))
		for _, a := range []*answer{byLink, upload} {
			if slices.Contains([]string{"audio", "sticker"}, kind) {
				a.is(t, 400, "validation_failed").names(t, "caption")
			} else {
				a.is(t, 200, "")
			}
		}
	}
}
