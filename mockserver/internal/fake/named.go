package fake

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/brianvoe/gofakeit/v7"

	"example.com/awalmock/mockserver/internal/seed/corpus"
)

// The values of x-mock-value that this package makes; the others are functions of gofakeit.
const (
	wordName       = "name"       // a person's, Arabic or English
	wordArabicName = "arabicName" // a person's, Arabic
	wordPhone      = "phone"      // a Saudi mobile
	wordSentence   = "sentence"   // something said in a chat, Arabic or English
)

// Functions of gofakeit that read the wall clock, or call one that does, so that their values are not a function of the
// key.
var clockReaders = []string{
	"creditcard", "creditcardexp", "date", "daterange", "firefoxuseragent", "futuredate", "map", "pastdate", "person", "time",
	"useragent", "year",
}

// Supports reports whether x-mock-value may have this value: name, arabicName, phone, sentence, or a function of gofakeit that
// needs no parameter and no clock ("company", "city", "url", ...).
func Supports(word string) bool {
	switch word {
	case wordName, wordArabicName, wordPhone, wordSentence:
		return true
	}
	_, err := generate(word, gofakeit.New(1))
	return err == nil
}

// named makes the value that x-mock-value asks for.
func (g *generator) named(word string, f *gofakeit.Faker) (any, error) {
	switch word {
	case wordName:
		return fullName(g.tables, corpus.Language(f.Number(0, 1)), f), nil
	case wordArabicName:
		return fullName(g.tables, corpus.Arabic, f), nil
	case wordPhone:
		return mobile(f), nil
	case wordSentence:
		return sentence(g.tables, corpus.Language(f.Number(0, 1)), f), nil
	}
	return generate(word, f)
}

// fullName is a name of the tables, or of the library when they have none.
func fullName(t *corpus.Tables, l corpus.Language, f *gofakeit.Faker) string {
	if len(t.People[l]) == 0 {
		return f.Name()
	}
	return t.People[l].Name(t.People[l].Draw(f.Uint64()))
}

// sentence is a text line of a dialogue.
func sentence(t *corpus.Tables, l corpus.Language, f *gofakeit.Faker) string {
	for range 4 * len(t.Dialogues) {
		lines := t.Dialogues[f.Number(0, len(t.Dialogues)-1)].Lines
		if line := lines[f.Number(0, len(lines)-1)]; line.Type == "text" {
			return t.Fill(line.Text[l], l, f.Uint64(), fullName(t, l, f))
		}
	}
	return f.Question()
}

// generate calls a function of gofakeit by its name, with the defaults of its parameters.
func generate(word string, f *gofakeit.Faker) (any, error) {
	info := gofakeit.GetFuncLookup(strings.ToLower(word))
	if info == nil || slices.Contains(clockReaders, strings.ToLower(word)) {
		return nil, fmt.Errorf("x-mock-value %q is not supported", word)
	}
	value, err := info.Generate(f, gofakeit.NewMapParams(), info)
	if err != nil {
		return nil, fmt.Errorf("x-mock-value %q: %w", word, err)
	}
	return decoded(value)
}

// decoded converts a Go value to the form of decoded JSON.
func decoded(value any) (any, error) {
	switch v := value.(type) {
	case string:
		return v, nil
	case bool:
		return v, nil
	case error:
		return v.Error(), nil
	}
	text, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var plain any
	err = decoder.Decode(&plain)
	return plain, err
}
