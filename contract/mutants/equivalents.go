package main

import (
	"path"
	"strings"

	"go.yaml.in/yaml/v4"
)

// An equivalent is a group of generated mutants that are no faults, and why.
type equivalent struct {
	operation, place, keyword, change string // patterns as of path.Match
	why                               string
	when                              func(g generated) bool // nil: always
}

func equivalents() []equivalent {
	const (
		noChange  = "each field is optional (D), so that a server may take a form that is not there for one that changes nothing"
		noButtons = "List Templates does not show the buttons of a template, so that no button_params is known to be right for one"
	)
	return []equivalent{
		{"*", "x-rate-limit", "limit", "*", "real limits depend on the customer's plan (D), so that another limit is lawful", nil},
		{"*", "x-rate-limit", "window", "*", "real limits depend on the customer's plan (D), so that another window is lawful", nil},
		{"*", "query *", "type", "dropped", "a parameter in the query is a text", isText},
		{"*", "path *", "format", "dropped", "the mock reads whole numbers of 64 bits only, without asking the document", nil},
		{"*", "query *", "format", "dropped", "the mock reads whole numbers of 64 bits only, without asking the document", isInteger},
		{"*", "query *", "allowEmptyValue", "dropped", "no page says what an empty value means (I), so that a server may refuse it", nil},
		{"*", "header *", "type", "dropped", "a header is a text", nil},
		{"*", "query phone_number_id", "minLength", "*", "no workspace has an empty number or one of a single character, so that both are refused as unknown ones", nil},
		{"send*", "*phone", "pattern", "^[2-9]*", "whether other phones are accepted cannot be asked: the suite writes only to phones that its user names", nil},
		{"send*", "*phone", "pattern", "*{0,48}$", "whether a phone of 50 digits is accepted cannot be asked: the suite writes only to phones that its user names", nil},
		{"send*", "*phone", "pattern", "*{1,49}$", "whether a phone of one digit is accepted cannot be asked: the suite writes only to phones that its user names", nil},
		{"*", "form.phone", "pattern", "*{0,48}$", "no page says how long a phone may be (I), so that a server may refuse one of 50 digits", nil},
		{"*", "form.phone", "pattern", "*{1,49}$", "no page says how short a phone may be (I), so that a server may refuse one of a single digit", nil},
		{"*", "*", "minLength", "of 1 added", "no page says that an empty text is accepted where the property may be left out", nil},
		{"*", "form", "type", "dropped", "a form is an object, without asking the document", nil},
		{"*", "form.*", "type", "dropped", "a part of a form is a text", isPart},
		{"*", "*", "type", "dropped", "the words of the enum beside it are of that type only", hasEnum},
		{"*", "*", "format", "dropped", "the words of the enum beside it have that format", hasEnum},
		{"updateContact", "body", "required", "dropped", noChange, nil},
		{"updateBranch", "body", "required", "dropped", noChange, nil},
		{"sendMediaMessage", "form", "required", "without type", "x-file-rules has no rule for a file without a type, so that it is refused all the same", nil},
		{"sendMediaMessage", "form.type", "enum", "dropped", "x-file-rules has no rule for another type, so that it is refused all the same", nil},
		{"sendMediaMessage", "form.file document", "mediaTypes", "without application_*ms*", "the three old Office formats have the same first bytes, so that the mock cannot refuse one of them", nil},
		{"sendMediaMessage", "form.file video", "mediaTypes", "without video_3gpp", "a 3GP file is an MP4 file too, so that the mock takes it as one", nil},
		{"sendMediaMessage", "form.file sticker", "maxBytes", "102401 *", "a WEBP file has an even length, so that none is one byte too long", nil},
		{"sendTemplateMessage", "form.template_id", "format", "dropped", "no template has an id of more than 64 bits, so that it is refused as unknown", nil},
		{"sendTemplateMessage", "form.header_type", "enum", "without LOCATION", "no page says how the place of a LOCATION header is given, so that no such send is known to be right", nil},
		{"sendTemplateMessage", "form.button_params content[].index", "minimum", "1 *", noButtons, nil},
		{"sendTemplateMessage", "form.button_params content[].index", "exclusiveMinimum", "added", noButtons, nil},
		{"sendTemplateMessage", "form.button_params content[].name", "minLength", "2 *", noButtons, nil},
		{"sendLocationMessage", "body.location.*", "format", "dropped", "every number between the bounds beside it is a double", nil},
		{"sendInvoice", "form.header_media", "x-file-rules", "without IMAGE", "inferred (I): the page gives neither formats nor sizes of pictures, so that a server may take others", nil},
		{"sendInvoice", "form.header_media", "x-file-rules", "without VIDEO", "inferred (I): the page gives neither formats nor sizes of videos, so that a server may take others", nil},
		{"sendInvoice", "form.header_media IMAGE", "*", "*", "inferred (I): the page gives neither formats nor sizes of pictures, so that a server may take others", nil},
		{"sendInvoice", "form.header_media VIDEO", "*", "*", "inferred (I): the page gives neither formats nor sizes of videos, so that a server may take others", nil},
		{"sendTemplateMessage", "form.header_media*", "*", "*", "inferred (I): the page gives neither formats nor sizes, so that a server may take others", nil},
	}
}

// equivalent is why a mutant is no fault; "" for a fault.
func (g generated) equivalent() string {
	for _, e := range equivalents() {
		if e.fits(g) {
			return e.why
		}
	}
	return ""
}

func (e equivalent) fits(g generated) bool {
	found := fits(e.operation, g.operation.id) && fits(e.place, g.place) && fits(e.keyword, g.keyword) && fits(e.change, g.change)
	return found && (e.when == nil || e.when(g))
}

func isText(g generated) bool { return typeOf(g.schema) == "string" }

func isPart(g generated) bool { return isText(g) && !strings.Contains(g.place, " content") }

func isInteger(g generated) bool { return typeOf(g.schema) == "integer" }

func hasEnum(g generated) bool { return child(g.schema, "enum") != nil }

func typeOf(schema *yaml.Node) string {
	if kind := child(schema, "type"); kind != nil {
		return kind.Value
	}
	return ""
}

// fits matches a pattern in which a star matches anything.
func fits(pattern, text string) bool {
	plain := strings.NewReplacer("/", "_", "[", "_", "]", "_", `\`, "_", "?", "_")
	ok, err := path.Match(plain.Replace(pattern), plain.Replace(text))
	return ok && err == nil
}
