package specs

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/match"
	"example.com/awalmock/contract/run"
)

// fileCases makes cases from x-file-rules: each kind of file is tried in each of its formats, with the content of other kinds, and with sizes near the
// largest one.
func fileCases(doc *document.Document) []*run.Case {
	var out []*run.Case
	for _, op := range doc.Commands() {
		for _, f := range fileFields(op) {
			add := func(keyword, text string, requests int, check func(t *T)) {
				id := fmt.Sprintf("%s.form.%s.%s", op.ID, f.name, keyword)
				text = fmt.Sprintf("%s %s (%s)", op.ID, text, f.name)
				out = append(out, &run.Case{
					ID: id, Requirement: doc.RequirementFor(op, id, statedOfFile(op.ID, keyword), text, f.body.Place), Title: text, Operation: op.ID, Capability: op.Capability,
					Writes: true, Independent: true, Way: "body", Requests: requests, Run: asCase(func(t *T) error { check(t); return nil }),
				})
			}
			formats, contents, sizes := f.uploadsMade()
			add("formats", "accepts each kind of file in each of its formats", formats, f.acceptsEachFormat)
			add("names", "accepts a file with any file name and content type", len(fileNames()), f.acceptsEachName)
			add("content", "refuses a file whose content has another type than it claims", contents, f.refusesOtherContent)
			add("size", "accepts a file as large as its kind allows, and refuses a larger one", sizes, f.keepsToItsSizes)
		}
	}
	return out
}

// uploadsMade is how many uploads the three cases of a field make at most.
func (f fileField) uploadsMade() (formats, contents, sizes int) {
	for _, kind := range f.rules.kinds() {
		rule := f.rules.Rules[kind]
		formats += len(rule.MediaTypes)
		contents += len(f.rules.otherTypes(kind)) + len(rule.otherPixels())
		sizes += sizesTried
	}
	return formats, contents, sizes
}

// statedOfFile is the requirement in x-requirements that says the same as a rule of x-file-rules; "" if there is none.
func statedOfFile(op, keyword string) string {
	stated := map[string]map[string]string{
		document.SendMediaMessage: {"formats": "SEND-MEDIA-UPLOAD", "names": "SEND-MEDIA-UPLOAD", "content": "SEND-MEDIA-FORMAT", "size": "SEND-MEDIA-SIZE"},
		document.CreateContact:    {"formats": "CONTACT-FILE-FORMAT", "names": "CONTACT-FILE-FORMAT", "content": "CONTACT-FILE-FORMAT", "size": "CONTACT-FILE-SIZE"},
		document.CreateBranch:     {"formats": "BRANCH-FILE-FORMAT", "names": "BRANCH-FILE-FORMAT", "content": "BRANCH-FILE-FORMAT", "size": "BRANCH-FILE-SIZE"},
	}
	return stated[op][keyword]
}

// refusedFile are the statuses with which a correct server refuses a file.
func refusedFile() []int {
	return []int{http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType}
}

// A namedRequest is one of several that are made at once; its name says what is sent.
type namedRequest struct {
	name string
	*exchange.Request
}

func requestsOf(list []namedRequest) []*exchange.Request {
	out := make([]*exchange.Request, len(list))
	for i := range list {
		out[i] = list[i].Request
	}
	return out
}

// uploads returns a function that makes a valid request with a file of a kind, and with more parts.
func (f fileField) uploads(t *T) func(kind string, file exchange.Part, more ...exchange.Part) *exchange.Request {
	valid, err := t.validBody(f.op, f.body)
	t.End(err)
	return func(kind string, file exchange.Part, more ...exchange.Part) *exchange.Request {
		fields := maps.Clone(valid.fields)
		fields[f.name] = file
		if kind != "" {
			fields[f.rules.Property] = kind
		}
		for _, part := range more {
			fields[part.Name] = part.Value
		}
		return valid.with(fields)
	}
}

func (f fileField) acceptsEachFormat(t *T) {
	var uploads []namedRequest
	upload := f.uploads(t)
	for _, kind := range f.rules.kinds() {
		for _, media := range f.rules.Rules[kind].MediaTypes {
			file := fileOf(media)
			if file.Value == "" {
				t.Lacks("a file of the type %s in the suite", media)
			}
			uploads = append(uploads, namedRequest{media + ofKind(kind), upload(kind, file)})
		}
	}
	for i, e := range t.answers(requestsOf(uploads)) {
		t.Check(e).To(match.BeAccepted(), "an upload was not accepted: %s", uploads[i].name)
	}
}

// refusesOtherContent uploads files whose name and content type are right for the kind, but whose content has another format.
func (f fileField) refusesOtherContent(t *T) {
	var uploads []namedRequest
	upload := f.uploads(t)
	for _, kind := range f.rules.kinds() {
		rule := f.rules.Rules[kind]
		claimed := rule.MediaTypes[0]
		for _, media := range f.rules.otherTypes(kind) {
			file := fileOf(claimed)
			file.Value = contentOf(media)
			uploads = append(uploads, namedRequest{media + " with the name and the content type of " + claimed, upload(kind, file).MayBeRefused()})
		}
		for _, size := range rule.otherPixels() {
			file := fileOf(claimed)
			file.Value = webp(size[0], size[1], 0)
			uploads = append(uploads, namedRequest{fmt.Sprintf("%s of %d x %d pixels", kind, size[0], size[1]), upload(kind, file).MayBeRefused()})
		}
	}
	uploads = t.fewOf(f.op, uploads)
	for i, e := range t.answers(requestsOf(uploads)) {
		t.Check(e).To(match.HaveStatus(refusedFile()...), "a file was not refused: %s", uploads[i].name)
	}
}

// otherPixels are wrong widths and heights of a picture that must be a WEBP of a fixed size, which the suite can make in any size.
func (r fileRule) otherPixels() [][2]int {
	if r.Width < 2 || r.Height < 2 || !slices.Equal(r.MediaTypes, []string{"image/webp"}) {
		return nil
	}
	return [][2]int{{r.Width, r.Height - 1}, {r.Width + 1, r.Height}, {r.Width / 2, r.Height / 2}}
}

func (f fileField) keepsToItsSizes(t *T) {
	tried := false
	upload := f.uploads(t)
	bySize := func(a, b string) int { return cmp.Compare(f.rules.Rules[a].MaxBytes, f.rules.Rules[b].MaxBytes) }
	for _, kind := range slices.SortedStableFunc(slices.Values(f.rules.kinds()), bySize) { // so that the first finding is about the smallest file
		tookMost := false
		for _, size := range t.sizesOf(f.rules.Rules[kind]) {
			if tried = true; size.less && tookMost {
				continue
			}
			media := f.rules.Rules[kind].MediaTypes[0]
			r := upload(kind, sized(media, size.bytes))
			if size.should || size.wanted[0] != http.StatusOK {
				r = r.MayBeRefused()
			}
			e := t.answer(r)
			check := t.Check(e)
			if size.should {
				check = t.Advise(e)
			}
			tookMost = tookMost || size.should && e.OK()
			check.To(match.HaveStatus(size.wanted...), "a file of %d bytes%s was not answered as it should be", size.bytes, ofKind(kind))
		}
	}
	if !tried {
		t.Lacks("a size of files in the contract")
	}
}

// ofKind names a kind of file in a message.
func ofKind(kind string) string {
	if kind == "" {
		return ""
	}
	return " as " + kind
}

const (
	largeFile   = 8 << 20   // bytes of the one file that is tried without --large if the bound is above smallBound
	smallBound  = 10 << 20  // bytes up to which files at the bound are tried without --large
	largestFile = 128 << 20 // bytes of the largest file that the suite makes
)

// A sizeToTry is a size of a file, and the statuses with which a correct server answers.
type sizeToTry struct {
	bytes  int
	should bool // another status breaks only a SHOULD
	less   bool // it is not tried if the server takes a larger file
	wanted []int
}

// sizesTried is how many sizes of a file are tried at most.
const sizesTried = 3

// sizesOf are the sizes that are tried of a file: near its bound or, without --large and with a bound above smallBound, only largeFile. "100 KB" may mean
// 100,000 or 102,400 bytes: a size between the two is a SHOULD.
func (t *T) sizesOf(rule fileRule) []sizeToTry {
	most := rule.MaxBytes
	switch {
	case most == 0 || most > largestFile:
		return nil
	case most > smallBound && !t.Config.Large:
		return []sizeToTry{{bytes: largeFile, wanted: accepted()}}
	}
	unit, thousand := 1024, 1000
	if most >= 1<<20 {
		unit, thousand = 1<<20, 1_000_000
	}
	beyond := most + 1
	if unit == 1024 {
		beyond++ // a WEBP picture has an even length
	}
	return []sizeToTry{
		{bytes: most, should: true, wanted: accepted()},
		{bytes: most / unit * thousand, less: true, wanted: accepted()},
		{bytes: beyond, wanted: refusedFile()},
	}
}
