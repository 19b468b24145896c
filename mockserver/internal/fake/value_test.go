package fake_test

import (
	"encoding/json"
	"math/rand/v2"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/awalmock/mockserver/internal/fake"
	"example.com/awalmock/mockserver/internal/seed/corpus"
	"example.com/awalmock/mockserver/internal/spec"
)

// tables are small ones: enough to see which table a word comes from.
func tables() *corpus.Tables {
	return &corpus.Tables{
		People: [2]corpus.People{
			{{Given: []string{"نورة", "فهد"}, Family: []string{"الحربي", "الغامدي", "الشهري"}}},
			{{Given: []string{"Sara", "Omar", "Reem"}, Family: []string{"Alharbi"}}, {Given: []string{"James"}, Family: []string{"Smith", "Hughes"}}},
		},
		Agents: []string{"Huda"},
		Words:  map[string][2][]string{"order": {{"####"}, {"A-####"}}, "day": {{"الأحد", "السبت"}, {"Sunday", "Monday"}}},
		Places: []corpus.Place{{Name: corpus.Text{"الملقا", "Al Malqa"}, Latitude: 24.8, Longitude: 46.6}},
		Dialogues: []corpus.Dialogue{{Lines: []corpus.Line{
			{From: corpus.Customer, Type: "text", Text: corpus.Text{"وين طلبي {order}؟", "Where is my order {order}?"}},
			{From: corpus.Agent, Type: "text", Text: corpus.Text{"يوصلك {day} يا {customer} إلى {place}", "On {day}, {customer}, at {place}"}},
			{From: corpus.Customer, Type: "location"},
		}}},
	}
}

// schema loads a document whose one answer has the schema, written as YAML in one line or as lines of its own.
func schema(t testing.TB, text string, components ...string) *spec.Schema {
	t.Helper()
	return document(t, text, components...).Operation("probe").Success().JSON().Schema
}

func document(t testing.TB, text string, components ...string) *spec.Document {
	t.Helper()
	source := `openapi: 3.0.3
info: {title: probe, version: "1"}
paths:
  /probe:
    get:
      operationId: probe
      responses:
        "200":
          description: ok
          content:
            application/json:
              schema: ` + text + "\n"
	if len(components) > 0 {
		source += "components:\n  schemas:\n    " + strings.Join(components, "\n    ") + "\n"
	}
	d, err := spec.Load("probe.yaml", []byte(source))
	if err != nil {
		t.Fatalf("%v in\n%s", err, source)
	}
	return d
}

var base = time.Date(2024, time.January, 20, 12, 0, 0, 0, time.UTC)

func key(id int64) fake.Key {
	return fake.Key{Seed: 7, Workspace: "w", Kind: "thing", ID: id, Property: "p", Base: base}
}

// fitting are schemas of every kind, each with what a value has to look like beyond fitting it.
var fitting = []struct{ name, schema, pattern string }{
	{"any", `{}`, `^".+"$`},
	{"string", `{type: string}`, `^"[a-z' -]+ [A-Za-z' -]+"$`},
	{"string with lengths", `{type: string, minLength: 40, maxLength: 45}`, `^".{40,45}"$`},
	{"short string", `{type: string, maxLength: 2}`, `^".{0,2}"$`},
	{"empty string", `{type: string, maxLength: 0}`, `^""$`},
	{"string with an example", `{type: string, example: Riyadh}`, `^"Riyadh"$`},
	{"example beside a pattern", `{type: string, pattern: "^[A-Z]{2}-[0-9]{4}$", example: AB-1234}`, `^"[A-Z]{2}-[0-9]{4}"$`},
	{"pattern", `{type: string, pattern: "^(ORD|INV)-[0-9]{2,4}(/[a-f]+)?$"}`, `^"(ORD|INV)-\d{2,4}(/[a-f]+)?"$`},
	{"pattern with a long length", `{type: string, pattern: "^[a-z]+$", minLength: 60, maxLength: 90}`, `^"[a-z]{60,90}"$`},
	{"pattern with one length", `{type: string, pattern: "^AB-[0-9]+$", minLength: 40, maxLength: 40}`, `^"AB-\d{37}"$`},
	{"pattern with a short length", `{type: string, pattern: "^[a-z]*[0-9]*$", maxLength: 1}`, `^"[a-z0-9]?"$`},
	{"pattern without anchors", `{type: string, pattern: "cat"}`, `cat`},
	{"pattern of classes", `{type: string, pattern: '^\d\s\w.[^a-z]\b?$'}`, ``},
	{"phone pattern", `{type: string, format: phone, pattern: "^[0-9]+$"}`, `^"\d+"$`},
	{"date-time", `{type: string, format: date-time}`, `^"20(23-12|24-01)-\d\dT\d\d:\d\d:\d\dZ"$`},
	{"date", `{type: string, format: date}`, `^"20(23-12|24-01)-\d\d"$`},
	{"time", `{type: string, format: time}`, `^"\d\d:\d\d:\d\dZ"$`},
	{"duration", `{type: string, format: duration}`, `^"PT\d+M"$`},
	{"email", `{type: string, format: email}`, `^"[a-z]+\.[a-z]+@example\.com"$`},
	{"uri", `{type: string, format: uri}`, `^"https://example\.com/`},
	{"url", `{type: string, format: url}`, `^"https://example\.com/`},
	{"uri-reference", `{type: string, format: uri-reference}`, `^"/`},
	{"hostname", `{type: string, format: hostname}`, `\.example\.com"$`},
	{"uuid", `{type: string, format: uuid}`, `^"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"$`},
	{"ipv4", `{type: string, format: ipv4}`, `^"\d+\.\d+\.\d+\.\d+"$`},
	{"ipv6", `{type: string, format: ipv6}`, `^"[0-9a-f:]+"$`},
	{"byte", `{type: string, format: byte}`, `^"[A-Za-z0-9+/]+=*"$`},
	{"password", `{type: string, format: password, minLength: 20}`, `^"[A-Za-z0-9]{20}"$`},
	{"json pointer", `{type: string, format: json-pointer}`, `^"/`},
	{"unknown format", `{type: string, format: shoe-size}`, `^".+"$`},
	{"enum", `{type: string, enum: [red, green, blue]}`, `^"(red|green|blue)"$`},
	{"enum with null", `{type: string, nullable: true, enum: [null, red]}`, `^"red"$`},
	{"enum of null", `{type: string, nullable: true, enum: [null]}`, `^null$`},
	{"nullable", `{type: string, nullable: true, maxLength: 5}`, `^".*"$`},
	{"integer", `{type: integer}`, `^\d{1,4}$`},
	{"integer with bounds", `{type: integer, minimum: 3, maximum: 5}`, `^[345]$`},
	{"integer with exclusive bounds", `{type: integer, minimum: 3, maximum: 5, exclusiveMinimum: true, exclusiveMaximum: true}`, `^4$`},
	{"negative integer", `{type: integer, maximum: -5}`, `^-\d+$`},
	{"integer with a lowest value", `{type: integer, minimum: 100000}`, `^10[01]\d{3}$`},
	{"multiple", `{type: integer, multipleOf: 7, minimum: 50, maximum: 60}`, `^56$`},
	{"multiple with open bounds", `{type: integer, multipleOf: 250}`, `^(250|500|750|1000)$`},
	{"int32", `{type: integer, format: int32}`, `^\d+$`},
	{"int32 with wide bounds", `{type: integer, format: int32, minimum: -9e15, maximum: 9e15}`, `^-?\d+$`},
	{"int64 with all bounds", `{type: integer, format: int64, minimum: -9223372036854775808, maximum: 9223372036854775807}`, `^-?\d+$`},
	{"integer with an example", `{type: integer, example: 42}`, `^42$`},
	{"number", `{type: number}`, `^\d+\.\d\d$`},
	{"number in a small range", `{type: number, minimum: 0, exclusiveMinimum: true, maximum: 0.0001}`, `^0\.000[01]`},
	{"number with bounds", `{type: number, minimum: -90, maximum: 90}`, `^-?\d+\.\d+$`},
	{"multiple of a fraction", `{type: number, multipleOf: 0.25, minimum: 1, maximum: 2}`, `^[12]\.\d\d$`},
	{"huge number", `{type: number, minimum: 1e30, maximum: 2e30}`, `^1`},
	{"only bounds", `{minimum: 3, maximum: 4}`, `^[34]\.\d+$`},
	{"boolean", `{type: boolean}`, `^(true|false)$`},
	{"array", `{type: array, items: {type: integer}}`, `^\[\d+(,\d+){0,2}\]$`},
	{"array with bounds", `{type: array, minItems: 4, maxItems: 5, items: {type: boolean}}`, `^\[(true|false)(,(true|false)){3,4}\]$`},
	{"unique array", `{type: array, minItems: 3, maxItems: 3, uniqueItems: true, items: {type: string, enum: [a, b, c]}}`, `^\["[abc]","[abc]","[abc]"\]$`},
	{"empty array", `{type: array, maxItems: 0, items: {type: string}}`, `^\[\]$`},
	{"array of anything", `{type: array, items: {}}`, `^\[".*"\]$`},
	{"pattern of rare characters", `{type: string, pattern: '^[\x{4E00}-\x{4E10}]{3}[\x00-\x08]$'}`, ``},
	{"array without items' rules", `{minItems: 2, items: {}}`, `^\["`},
	{"only properties", `{minProperties: 1}`, `^\{`},
	{"a highest length twice", `{allOf: [{type: string, maxLength: 9}, {maxLength: 3}, {maxLength: 5}]}`, `^".{1,3}"$`},
	{"allOf of fractions", `{type: number, multipleOf: 2, example: 4}`, `^\d+$`},
	{"object", `{type: object, required: [b], properties: {a: {type: integer}, b: {type: string, enum: [x]}}}`, `^\{"a":\d+,"b":"x"\}$`},
	{"object without a type", `{properties: {a: {type: boolean}}}`, `^\{"a":(true|false)\}$`},
	{"nested object", `{type: object, properties: {a: {type: object, properties: {b: {type: array, items: {type: boolean}}}}}}`, `^\{"a":\{"b":\[`},
	{"object with few properties", `{type: object, maxProperties: 2, required: [z], properties: {a: {type: boolean}, b: {type: boolean}, z: {type: boolean}}}`, `^\{"a":\w+,"z":\w+\}$`},
	{"object with many properties", `{type: object, minProperties: 2, additionalProperties: {type: integer}}`, `^\{"property1":\d+,"property2":\d+\}$`},
	{"object with free properties", `{type: object, minProperties: 1}`, `^\{"property1":".*"\}$`},
	{"closed object", `{type: object, additionalProperties: false, properties: {a: {type: boolean}}}`, `^\{"a":\w+\}$`},
	{"write-only property", `{type: object, properties: {a: {type: boolean}, s: {type: string, writeOnly: true}}}`, `^\{"a":\w+\}$`},
	{"allOf of bounds", `{allOf: [{type: integer, minimum: 10}, {maximum: 12}]}`, `^1[012]$`},
	{"allOf of objects", `{allOf: [{type: object, required: [a], properties: {a: {type: boolean}}}, {type: object, properties: {b: {type: boolean}}}]}`, `^\{"a":\w+,"b":\w+\}$`},
	{"number and integer", `{allOf: [{type: number}, {type: integer}]}`, `^\d+$`},
	{"oneOf", `{oneOf: [{type: integer}, {type: boolean}]}`, `^(\d+|true|false)$`},
	{"oneOf that overlap", `{oneOf: [{type: integer, minimum: 1, maximum: 6}, {type: integer, minimum: 4, maximum: 9}]}`, `^[123789]$`},
	{"anyOf", `{anyOf: [{type: string, enum: [a]}, {type: string, enum: [b]}]}`, `^"[ab]"$`},
	{"anyOf with one that nothing fits", `{anyOf: [{type: integer, minimum: 5, maximum: 1}, {type: boolean}]}`, `^(true|false)$`},
	{"not", `{type: integer, minimum: 1, maximum: 3, not: {enum: [2]}}`, `^[13]$`},
	{"x-mock-value name", `{type: string, x-mock-value: name}`, `^"(نورة|فهد|Sara|Omar|Reem|James) `},
	{"x-mock-value arabicName", `{type: string, x-mock-value: arabicName}`, `^"(نورة|فهد) (الحربي|الغامدي|الشهري)"$`},
	{"x-mock-value phone", `{type: string, x-mock-value: phone}`, `^"9665[1-9]\d{7}"$`},
	{"x-mock-value sentence", `{type: string, x-mock-value: sentence}`, `^"(وين طلبي [1-9]\d{3}؟|Where is my order A-[1-9]\d{3}\?|يوصلك .* إلى الملقا|On .*, .*, at Al Malqa)"$`},
	{"x-mock-value of gofakeit", `{type: string, x-mock-value: city}`, `^"[A-Z].*"$`},
	{"x-mock-value in other letters", `{type: string, x-mock-value: jobTitle}`, `^".+"$`},
	{"x-mock-value with a parameter that has a default", `{type: number, x-mock-value: price}`, `^[\d.]+$`},
	{"x-mock-value of many fields", `{type: object, x-mock-value: address}`, `"city":`},
	{"x-mock-value that is true or false", `{type: boolean, x-mock-value: bool}`, `^(true|false)$`},
	{"x-mock-value that does not fit", `{type: string, maxLength: 1, x-mock-value: company}`, `^".{0,1}"$`},
	{"x-mock-value of an error", `{type: string, x-mock-value: errorhttp}`, `^".+"$`},
	{"x-mock-value before enum and example", `{type: string, x-mock-value: phone, example: "1"}`, `^"9665`},
}

func TestAFakeValueFitsItsSchema(t *testing.T) {
	t.Parallel()
	for _, c := range fitting {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, ts := schema(t, c.schema), tables()
			look := regexp.MustCompile(c.pattern)
			for id := range int64(40) {
				v, err := fake.Value(ts, s, key(id))
				if err != nil {
					t.Fatalf("id %d: %v", id, err)
				}
				text := encode(t, v)
				if violations := s.Violations(v); len(violations) > 0 {
					t.Fatalf("id %d: %s does not fit: %v", id, text, violations)
				}
				if !look.MatchString(text) {
					t.Fatalf("id %d: %s does not look like %s", id, text, c.pattern)
				}
				if again, faults := spec.DecodeStrict([]byte(text)); len(faults) > 0 || encode(t, again) != text {
					t.Fatalf("id %d: %s is not as decoded JSON is: %v", id, text, faults)
				}
			}
		})
	}
}

func encode(t *testing.T, v any) string {
	t.Helper()
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func TestAFakeValueIsAFunctionOfItsKey(t *testing.T) {
	t.Parallel()
	s := schema(t, `{type: object, properties: {n: {type: integer, maximum: 1000000000}, t: {type: string, format: date-time}, u: {type: string, format: uuid}, w: {type: string}, f: {type: string, x-mock-value: company}}}`)
	ts := tables()
	value := func(k fake.Key) string {
		v, err := fake.Value(ts, s, k)
		if err != nil {
			t.Error(err)
		}
		return encode(t, v)
	}
	want := value(key(1))
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for id := range int64(20) { // other keys in between, in another order on each goroutine
				value(key(rand.Int64N(id + 1)))
			}
			if got := value(key(1)); got != want {
				t.Errorf("%s, then %s", want, got)
			}
		})
	}
	all.Wait()
	others := map[string]fake.Key{"seed": key(1), "workspace": key(1), "kind": key(1), "id": key(2), "property": key(1)}
	for part, k := range others {
		switch part {
		case "seed":
			k.Seed++
		case "workspace":
			k.Workspace = "v"
		case "kind":
			k.Kind = "other"
		case "property":
			k.Property = "q"
		}
		if value(k) == want {
			t.Errorf("another %s gives the same value", part)
		}
	}
}

func TestAPropertyKeepsItsValueWhenOthersAreAdded(t *testing.T) {
	t.Parallel()
	ts := tables()
	var phones []any
	for _, text := range []string{
		`{type: object, properties: {phone: {type: string, x-mock-value: phone}}}`,
		`{type: object, properties: {city: {type: string, x-mock-value: city}, phone: {type: string, x-mock-value: phone}, z: {type: array, items: {}}}}`,
	} {
		v, err := fake.Value(ts, schema(t, text), key(1))
		if err != nil {
			t.Fatal(err)
		}
		phones = append(phones, v.(map[string]any)["phone"])
	}
	if phones[0] != phones[1] {
		t.Errorf("%v became %v", phones[0], phones[1])
	}
}

func TestFakeValuesDifferFromEachOther(t *testing.T) {
	t.Parallel()
	s, ts, seen := schema(t, `{type: string, format: uuid}`), tables(), map[string]bool{}
	for id := range int64(1000) {
		v, err := fake.Value(ts, s, key(id))
		if err != nil {
			t.Fatal(err)
		}
		seen[v.(string)] = true
	}
	if len(seen) != 1000 {
		t.Errorf("%d of 1000 are different", len(seen))
	}
}

func TestTimesLieInTheThirtyDaysBeforeTheBase(t *testing.T) {
	t.Parallel()
	s, ts := schema(t, `{type: string, format: date-time}`), tables()
	for id := range int64(500) {
		v, err := fake.Value(ts, s, key(id))
		if err != nil {
			t.Fatal(err)
		}
		at, err := time.Parse(time.RFC3339, v.(string))
		if err != nil || at.After(base) || base.Sub(at) > 30*24*time.Hour {
			t.Errorf("%v: %v", v, err)
		}
	}
	v, err := fake.Value(ts, s, fake.Key{}) // no base: an instant of its own, not the wall clock
	if err != nil || v.(string) > "2024-01-20T12:00:00Z" {
		t.Errorf("without a base: %v, %v", v, err)
	}
}

func TestKeysThatDifferAnywhereGiveDifferentSources(t *testing.T) {
	t.Parallel()
	seen := map[[2]uint64]fake.Key{}
	for seed := range uint64(4) {
		for _, workspace := range []string{"", "a", "b"} {
			for _, kind := range []string{"", "a", "b"} {
				for id := range int64(4) {
					for _, property := range []string{"", "a", "b"} {
						k := fake.Key{Seed: seed, Workspace: workspace, Kind: kind, ID: id, Property: property}
						hi, lo := k.Source()
						if other, taken := seen[[2]uint64{hi, lo}]; taken {
							t.Fatalf("%+v and %+v", k, other)
						}
						seen[[2]uint64{hi, lo}] = k
					}
				}
			}
		}
	}
}

func BenchmarkValueOfAnObject(b *testing.B) {
	s := schema(b, `{type: object, properties: {n: {type: integer}, t: {type: string, format: date-time}, w: {type: string, x-mock-value: sentence}}}`)
	ts := tables()
	for id := int64(0); b.Loop(); id++ {
		if _, err := fake.Value(ts, s, key(id)); err != nil {
			b.Fatal(err)
		}
	}
}
