package fake_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"example.com/awalmock"
	"example.com/awalmock/mockserver/internal/fake"
	"example.com/awalmock/mockserver/internal/seed/corpus"
	"example.com/awalmock/mockserver/internal/spec"
)

func TestWithoutTablesWordsComeFromTheLibrary(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"name", "arabicName", "sentence"} {
		v, err := fake.Value(new(corpus.Tables), schema(t, `{type: string, minLength: 1, x-mock-value: `+word+`}`), key(1))
		if err != nil || v == "" {
			t.Errorf("%s: %v, %v", word, v, err)
		}
	}
}

func TestOnlyWordsThatNeedNoClockAndNoParameterAreSupported(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]bool{
		"name": true, "arabicName": true, "phone": true, "sentence": true, "company": true, "city": true, "url": true, "Company": true,
		"": false, "nonsense": false, "pastdate": false, "date": false, "creditcardexp": false, "regex": false, "sql": false,
	} {
		if got := fake.Supports(word); got != want {
			t.Errorf("%q: %t", word, got)
		}
	}
}

func TestADocumentWithAnUnknownMockValueIsRefusedWithItsPlace(t *testing.T) {
	t.Parallel()
	good := document(t, `{type: object, properties: {a: {type: string, x-mock-value: city}, b: {$ref: "#/components/schemas/Node"}}}`,
		`Node: {type: object, properties: {next: {$ref: "#/components/schemas/Node"}}}`)
	if err := fake.CheckDocument(good, everywhere); err != nil {
		t.Error(err)
	}
	for _, text := range []string{
		`{type: object, properties: {a: {type: array, items: {type: string, x-mock-value: nonsense}}}}`,
		`{allOf: [{type: string, x-mock-value: nonsense}]}`,
		`{type: object, additionalProperties: {type: string, x-mock-value: nonsense}}`,
	} {
		err := fake.CheckDocument(document(t, text), everywhere)
		var unknown *fake.UnknownMockValueError
		if !errors.As(err, &unknown) || unknown.Word != "nonsense" || !strings.HasSuffix(unknown.Pointer, lastPart(text)) {
			t.Errorf("%s: %v", text, err)
		}
		if err != nil && !strings.Contains(err.Error(), `"nonsense" is not known`) {
			t.Errorf("%v does not say what is wrong", err)
		}
	}
}

func lastPart(text string) string {
	switch {
	case strings.Contains(text, "items"):
		return "/items"
	case strings.Contains(text, "allOf"):
		return "/allOf/0"
	}
	return "/additionalProperties"
}

func TestAllWordsOfTheLibraryThatAreSupportedAreFunctionsOfTheKey(t *testing.T) {
	t.Parallel()
	anything := schema(t, `{type: object, properties: {a: {}}}`).Property("a")
	ts, checked := tables(), 0
	for _, word := range fake.LibraryWords() {
		if !fake.Supports(word) {
			continue
		}
		checked++
		s := *anything // a schema that takes anything, with the word
		s.MockValue = word
		first, err := fake.Value(ts, &s, key(1))
		second, _ := fake.Value(ts, &s, key(1))
		if err != nil || fmt.Sprint(first) != fmt.Sprint(second) {
			t.Errorf("%s: %v, then %v, %v", word, first, second, err)
		}
	}
	if checked < 200 {
		t.Errorf("only %d words were checked", checked)
	}
}

func TestEveryAnswerOfTheProjectsOwnDocumentCanBeMade(t *testing.T) {
	t.Parallel()
	d, err := spec.Load("openapi.yaml", []byte(awalmock.OpenAPI()))
	if err != nil {
		t.Fatal(err)
	}
	if err := fake.CheckDocument(d, everywhere); err != nil {
		t.Error(err)
	}
	ts, made := tables(), 0
	for _, operation := range d.Operations {
		for _, response := range operation.Responses {
			body := response.JSON()
			if body == nil || body.Schema == nil {
				continue
			}
			made++
			for id := range int64(20) {
				v, err := fake.Value(ts, body.Schema, key(id))
				if err != nil {
					t.Fatalf("%s: %v", response.Pointer, err)
				}
				if violations := body.Schema.Violations(v); len(violations) > 0 {
					t.Fatalf("%s: %s: %v", response.Pointer, encode(t, v), violations)
				}
			}
		}
	}
	if made < 3*len(d.Operations) {
		t.Errorf("%d answers of %d operations", made, len(d.Operations))
	}
}

func everywhere(string) bool { return true }
