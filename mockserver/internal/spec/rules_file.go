package spec

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"example.com/awalmock/mockserver/internal/filetype"
)

// fileRules are x-file-rules: one rule for each file, or a property beside the file says of which kind it is, and each kind has
// its rule.
type fileRules struct {
	only     *fileRule // for each file; nil: property and rules decide
	property string
	rules    map[string]fileRule
	tooLarge bool  // a file over maxBytes is answered with 413
	words    []any // the enum of the property, nil without one
	beside   bool  // the property is beside the file wherever the file is; else the document is refused
	pointer  string
}

// A fileRule is what a file of one kind must be. What is zero is not asked for.
type fileRule struct {
	mediaTypes    []string
	maxBytes      int64
	noCaption     bool
	width, height int
}

// fileRules are the rules of a property that is a file, or a list of files.
func (s *Schema) fileRules() []*fileRules {
	if !s.rules.inside {
		return nil
	}
	of := func(x *Schema) *fileRules { return x.rules.files }
	list := partsOf(s, of)
	for _, items := range s.alternatives(func(x *Schema) *Schema { return x.Items }) {
		list = append(list, partsOf(items, of)...)
	}
	return list
}

// file checks the files of a property of an object, and the caption that goes with them, by the rule of their kind.
func (r *ruleCheck) file(rules *fileRules, name string, object map[string]any, path string) {
	const extension = "x-file-rules"
	if rules.only != nil {
		r.onlyFile(rules, name, path)
		return
	}
	kind, given := kindWord(object[rules.property])
	rule, ok := rules.rules[kind]
	caption := memberPath(path, "caption")
	if ok && rule.noCaption && object["caption"] != nil && !r.isUnknown(caption) {
		r.add(caption, extension, "does not apply to "+kind, rules.pointer)
	}
	if r.form == nil || path != "" {
		return // a file is a part of a form
	}
	for _, f := range r.form.filesOf(name) {
		switch {
		case !given:
			r.add(f.field, extension, "needs "+rules.property+" beside it, which says of which kind it is", rules.pointer)
		case !ok && slices.Contains(rules.words, any(kind)):
			r.add(f.field, extension, "does not apply to "+kind, rules.pointer)
		case !ok:
			r.add(f.field, extension, "does not apply to this "+rules.property, rules.pointer)
		default:
			r.oneFile(rules, &rule, f)
		}
	}
}

// onlyFile checks the files of a property by the one rule that there is.
func (r *ruleCheck) onlyFile(rules *fileRules, name, path string) {
	if r.form == nil || path != "" {
		return // a file is a part of a form
	}
	for _, f := range r.form.filesOf(name) {
		r.oneFile(rules, rules.only, f)
	}
}

func (r *ruleCheck) oneFile(rules *fileRules, rule *fileRule, f namedFile) {
	if wrong := rule.wrong(f.file); wrong != "" {
		r.list = addViolation(r.list, Violation{
			Field: f.field, In: r.in, Rule: "x-file-rules", Text: wrong, Pointer: rules.pointer, TooLarge: rules.tooLarge && rule.tooLarge(f.file),
		})
	}
}

func (r *ruleCheck) isUnknown(path string) bool {
	return slices.ContainsFunc(r.unknown, func(u Unknown) bool { return u.In == r.in && u.Name == path })
}

// kindWord is the word for the kind of a file; given is false when there is none.
func kindWord(value any) (word string, given bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case json.Number:
		return string(v), true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", false
}

// A namedFile is a file of a form, with its field: "file", or "files[1]" for the second of a list.
type namedFile struct {
	field string
	file  *FormFile
}

func (f *Form) filesOf(name string) []namedFile {
	var list []namedFile
	for i := range f.Files {
		if f.Files[i].Name == name {
			list = append(list, namedFile{indexPath(name, len(list)), &f.Files[i]})
		}
	}
	if len(list) == 1 {
		list[0].field = name
	}
	return list
}

func (r *fileRule) tooLarge(f *FormFile) bool { return r.maxBytes > 0 && f.Size > r.maxBytes }

// wrong says what is wrong with a file, "" if nothing. Its content counts, not its name or what it says of itself (I).
func (r *fileRule) wrong(f *FormFile) string {
	isOf := func(mediaType string) bool { return filetype.Is(f.Head, f.Inside, mediaType) }
	switch {
	case f.Size == 0:
		return "must not be empty"
	case r.tooLarge(f):
		return fmt.Sprintf("must be at most %d bytes", r.maxBytes)
	case len(r.mediaTypes) > 0 && !slices.ContainsFunc(r.mediaTypes, isOf):
		return "must be one of " + strings.Join(r.mediaTypes, ", ") + " by its content"
	case r.width == 0 && r.height == 0:
		return ""
	}
	width, height := filetype.Pixels(f.Head)
	switch {
	case (r.width == 0 || width == r.width) && (r.height == 0 || height == r.height):
		return ""
	case r.height == 0:
		return fmt.Sprintf("must be %d pixels wide", r.width)
	case r.width == 0:
		return fmt.Sprintf("must be %d pixels high", r.height)
	}
	return fmt.Sprintf("must be %d x %d pixels", r.width, r.height)
}
