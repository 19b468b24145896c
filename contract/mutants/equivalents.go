package main

import (
	"path"
	"strings"
)

// An equivalent is a group of generated mutants that are no faults, and why.
type equivalent struct {
	operation, place, keyword, change string // patterns as of path.Match
	why                               string
}

func equivalents() []equivalent {
	const (
		readAgain  = "the mock reads body_params once more when it fills in the template, and refuses the same"
		phoneTwice = "the mock refuses the phone again, by the rules for a contact, which a send to a new phone makes"
		noButtons  = "List Templates does not show the buttons of a template, so that no button_params is known to be right for one"
	)
	return []equivalent{
		{"*", "x-rate-limit", "limit", "*", "real limits depend on the customer's plan (D), so that another limit is lawful"},
		{"*", "x-rate-limit", "window", "*", "real limits depend on the customer's plan (D), so that another window is lawful"},
		{"*", "query *", "type", "dropped", "a query has texts only; the schema's other keywords and the handler read them alike"},
		{"*", "path *", "type", "dropped", "the handler takes whole numbers only, without asking the document"},
		{"*", "path *", "format", "dropped", "the handler takes numbers of 64 bits only, without asking the document"},
		{"*", "query page", "format", "dropped", "the mock takes whole numbers of 64 bits only, without asking the document"},
		{"*", "query limit", "format", "dropped", "the mock takes whole numbers of 64 bits only, without asking the document"},
		{"*", "query *", "allowEmptyValue", "dropped", "no page says what an empty value means (I), so that a server may refuse it"},
		{"*", "header *", "type", "dropped", "a header is a text"},
		{"*", "query phone_number_id", "minLength", "*", "no workspace has an empty number or one of a single character, so that both are refused as unknown ones"},
		{"*", "*phone", "pattern", "^[2-9]*", "whether other phones are accepted cannot be asked: the suite writes only to phones that its user names"},
		{"*", "*phone", "pattern", "*{0,48}$", "whether a phone of 50 digits is accepted cannot be asked: the suite writes only to phones that its user names"},
		{"*", "*phone", "pattern", "*{1,49}$", "whether a phone of one digit is accepted cannot be asked: the suite writes only to phones that its user names"},
		{"*", "*", "minLength", "of 1 added", "no page says that an empty text is accepted where the property may be left out"},
		{"*", "form", "type", "dropped", "a form is an object, without asking the document"},
		{"*", "form.phone", "type", "dropped", "a part of a form is a text"},
		{"*", "form.type", "type", "dropped", "a part of a form is a text"},
		{"*", "form.caption", "type", "dropped", "a part of a form is a text"},
		{"*", "form.file_name", "type", "dropped", "a part of a form is a text"},
		{"*", "form.header_type", "type", "dropped", "a part of a form is a text"},
		{"*", "form.header_value", "type", "dropped", "a part of a form is a text"},
		{"*", "body.type", "type", "dropped", "the enum beside it has texts only"},
		{"*", "body.route", "type", "dropped", "the enum beside it has texts only"},
		{"sendMediaMessage", "form", "required", "without type", "x-file-rules has no rule for a file without a type, so that it is refused all the same"},
		{"sendMediaMessage", "form.type", "enum", "dropped", "x-file-rules has no rule for another type, so that it is refused all the same"},
		{"sendMediaMessage", "form.file document", "mediaTypes", "without application_*ms*", "the three old Office formats have the same first bytes, so that the mock cannot refuse one of them"},
		{"sendMediaMessage", "form.file video", "mediaTypes", "without video_3gpp", "a 3GP file is an MP4 file too, so that the mock takes it as one"},
		{"sendMediaMessage", "form.file sticker", "maxBytes", "102401 *", "a WEBP file has an even length, so that none is one byte too long"},
		{"sendTextMessage", "body", "required", "dropped", phoneTwice},
		{"sendMediaMessage", "body", "required", "dropped", phoneTwice},
		{"sendButtonMessage", "body", "required", "dropped", phoneTwice},
		{"sendListMessage", "body", "required", "dropped", phoneTwice},
		{"sendLocationMessage", "body", "required", "dropped", phoneTwice},
		{"send*", "body", "type", "dropped", phoneTwice},
		{"send*", "body", "nullable", "added", phoneTwice},
		{"send*", "*", "required", "without phone", phoneTwice},
		{"send*", "body.phone", "type", "dropped", phoneTwice},
		{"send*", "body.phone", "nullable", "added", phoneTwice},
		{"send*", "*.phone", "pattern", "*", phoneTwice},
		{"sendTemplateMessage", "form.template_id", "format", "dropped", "no template has an id of more than 64 bits, so that it is refused as unknown"},
		{"sendTemplateMessage", "form.header_type", "enum", "without LOCATION", "no page says how the place of a LOCATION header is given, so that no such send is known to be right"},
		{"sendTemplateMessage", "form.body_params", "x-content-schema", "dropped", readAgain},
		{"sendTemplateMessage", "form.body_params content", "type", "dropped", readAgain},
		{"sendTemplateMessage", "form.body_params content[]|1", "required", "without *", readAgain},
		{"sendTemplateMessage", "form.body_params content[]|1.*", "type", "dropped", readAgain},
		{"sendTemplateMessage", "form.body_params content[]|1.name", "minLength", "dropped", readAgain},
		{"sendTemplateMessage", "form.body_params content[]|1.name", "minLength", "0 *", readAgain},
		{"sendTemplateMessage", "form.button_params content[].index", "minimum", "1 *", noButtons},
		{"sendTemplateMessage", "form.button_params content[].index", "exclusiveMinimum", "added", noButtons},
		{"sendTemplateMessage", "form.button_params content[].name", "minLength", "2 *", noButtons},
		{"sendLocationMessage", "body.location.*", "format", "dropped", "every number between the bounds beside it is a double"},
		{"sendTemplateMessage", "form.header_media*", "*", "*", "inferred (I): the page gives neither formats nor sizes, so that a server may take others"},
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
	return fits(e.operation, g.operation) && fits(e.place, g.place) && fits(e.keyword, g.keyword) && fits(e.change, g.change)
}

// fits matches a pattern in which a star matches anything.
func fits(pattern, text string) bool {
	plain := strings.NewReplacer("/", "_", "[", "_", "]", "_", `\`, "_", "?", "_")
	ok, err := path.Match(plain.Replace(pattern), plain.Replace(text))
	return ok && err == nil
}
