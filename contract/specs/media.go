package specs

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/match"
	"example.com/awalmock/contract/run"
)

// fileRule is what x-file-rules of the contract says about one type of file.
type fileRule struct {
	MediaTypes []string `json:"mediaTypes"`
	MaxBytes   int      `json:"maxBytes"`
	Caption    *bool    `json:"caption"`
}

func mediaSends() Specs {
	return Describe("media", Operation(document.SendMediaMessage),
		It("a file by an https link is accepted", Requirement("SEND-MEDIA-LINK"), func(t *T) {
			link := map[string]any{"phone": t.recipient(), "type": "image", "link": "https://example.com/menu.png"}
			t.Expect(t.answer(t.To(t.operationNamed(document.SendMediaMessage), 0).WithJSON(link))).To(match.BeAccepted(), "a file by an https link was not accepted")
		}, Suffix(".accepted")),
		It("each type is accepted in each of its formats", Requirement("SEND-MEDIA-UPLOAD"), asked(checkUploads)),
		It("a file that is not what it says is refused", Requirement("SEND-MEDIA-FORMAT"), asked(checkLyingFiles)),
		It("a file may be as large as its type allows, and no larger", Requirement("SEND-MEDIA-SIZE"), asked(checkFileSize)),
		It("a caption on audio or a sticker is refused", Requirement("SEND-MEDIA-CAPTION"), func(t *T) {
			t.operationNamed(document.SendMediaMessage)
			caption := exchange.Part{Name: "caption", Value: "A caption"}
			for kind, media := range map[string]string{"audio": "audio/ogg", "sticker": "image/webp"} {
				t.Check(t.answer(t.upload(kind, fileOf(media, "file.bin"), caption).Unacceptable())).To(match.BeRefused(), "a caption on %s was not refused", kind)
			}
		}),
		It("a file stands in its conversation", Requirement("SEND-MEDIA-APPEARS"), func(t *T) {
			_, err := t.fileRules()
			t.End(err)
			caption := t.nonce("Our menu")
			menu := t.upload("image", fileOf("image/png", "menu.png"), exchange.Part{Name: "caption", Value: caption})
			t.End(t.sentAs(menu, "image", func(m exchange.Message) bool { return m.Content == caption }))
		}),
	)
}

// fileRules reads x-file-rules of the upload.
func (t *T) fileRules() (map[string]fileRule, error) {
	op, err := t.operation(document.SendMediaMessage)
	if err != nil {
		return nil, err
	}
	for _, b := range op.Bodies {
		if file := property(b, "file"); b.Media == exchange.MediaForm && file != nil {
			var rules struct{ Rules map[string]fileRule }
			raw, err := json.Marshal(file.Extensions["x-file-rules"])
			if err == nil {
				err = json.Unmarshal(raw, &rules)
			}
			if err == nil && len(rules.Rules) > 0 {
				return rules.Rules, nil
			}
		}
	}
	return nil, run.Lacks("x-file-rules of the upload in the contract")
}

func property(b *document.Body, name string) *openapi3.Schema {
	if ref := b.Properties()[name]; ref != nil {
		return ref.Value
	}
	return nil
}

// upload is a valid upload of a type, with more parts.
func (t *T) upload(kind string, file exchange.Part, more ...exchange.Part) *exchange.Request {
	file.Name = "file"
	parts := append([]exchange.Part{{Name: "phone", Value: t.recipient()}, {Name: "type", Value: kind}, file}, more...)
	return t.To(t.Document.Operation(document.SendMediaMessage), 0).WithForm(parts...)
}

// A named request is one of several that are made at once.
type namedRequest struct {
	name string
	*exchange.Request
}

// wantEach makes requests at once, and wants one of the statuses from each.
func (t *T) wantEach(requests []namedRequest, text string, statuses ...int) error {
	plain := make([]*exchange.Request, len(requests))
	for i := range requests {
		plain[i] = requests[i].Request
	}
	answers, err := t.AskAll(plain)
	if err != nil {
		return err
	}
	for i, e := range answers {
		t.want(e, text+": "+requests[i].name, "", statuses...)
	}
	return nil
}

func checkUploads(t *T) error {
	rules, err := t.fileRules()
	if err != nil {
		return err
	}
	var requests []namedRequest
	for _, kind := range slices.Sorted(maps.Keys(rules)) {
		for _, media := range rules[kind].MediaTypes {
			file := fileOf(media, "file."+media[strings.LastIndexAny(media, "/.")+1:])
			if file.Value == "" {
				return run.Lacks("a file of the type %s in the suite", media)
			}
			requests = append(requests, namedRequest{media + " as " + kind, t.upload(kind, file)})
		}
	}
	return t.wantEach(requests, "an upload was not accepted", http.StatusOK)
}

// checkLyingFiles uploads files whose name and content type say what the type wants, and whose content is something else.
func checkLyingFiles(t *T) error {
	rules, err := t.fileRules()
	if err != nil {
		return err
	}
	var requests []namedRequest
	for _, kind := range slices.Sorted(maps.Keys(rules)) {
		claimed := rules[kind].MediaTypes[0]
		for _, media := range otherTypes(rules, kind) {
			lying := fileOf(media, "file."+claimed[strings.LastIndexAny(claimed, "/.")+1:])
			lying.Media = claimed
			requests = append(requests, namedRequest{media + " that says it is " + claimed, t.upload(kind, lying).Unacceptable()})
		}
	}
	if sticker, ok := rules["sticker"]; ok && slices.Equal(sticker.MediaTypes, []string{"image/webp"}) {
		for _, size := range [][2]int{{512, 511}, {513, 512}, {256, 256}} {
			file := exchange.Part{FileName: "file.webp", Media: "image/webp", Value: webp(size[0], size[1], 0)}
			requests = append(requests, namedRequest{fmt.Sprintf("a sticker of %d x %d pixels", size[0], size[1]), t.upload("sticker", file).Unacceptable()})
		}
	}
	return t.wantEach(requests, "a file was not refused", http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
}

// otherTypes are media types that a kind of file does not have: the first one of each other kind.
func otherTypes(rules map[string]fileRule, kind string) []string {
	var out []string
	for _, other := range slices.Sorted(maps.Keys(rules)) {
		if first := rules[other].MediaTypes; len(first) > 0 && !slices.Contains(rules[kind].MediaTypes, first[0]) && !slices.Contains(out, first[0]) {
			out = append(out, first[0])
		}
	}
	return out
}

const (
	largeFile   = 8 << 20   // bytes from which on a file is tried with --large only
	largestFile = 128 << 20 // that is ever made
)

// checkFileSize tries each type near its bound, or without --large near largeFile if that is less. "100 KB" may mean thousands: a size between the two readings is no more than a SHOULD.
func checkFileSize(t *T) error {
	rules, err := t.fileRules()
	if err != nil {
		return err
	}
	tried := false
	kinds := slices.Sorted(maps.Keys(rules))
	slices.SortStableFunc(kinds, func(a, b string) int { return rules[a].MaxBytes - rules[b].MaxBytes }) // the smallest that is refused is told
	for _, kind := range kinds {
		most := rules[kind].MaxBytes
		if most == 0 || len(rules[kind].MediaTypes) == 0 || most > largestFile {
			continue
		}
		tried = true
		sizes := sizesNear(most)
		if most > largeFile && !t.Config.Large {
			sizes = []sizeToTry{{size: largeFile, wanted: []int{http.StatusOK}}}
		}
		if err := t.trySizes(kind, rules[kind].MediaTypes[0], sizes); err != nil {
			return err
		}
	}
	if !tried {
		return run.Lacks("a size of files in the contract")
	}
	return nil
}

// A sizeToTry is a size of a file, and the statuses of its answer.
type sizeToTry struct {
	size   int
	level  string // "" for that of the requirement
	wanted []int
}

// sizesNear are the sizes around a bound.
func sizesNear(most int) []sizeToTry {
	unit := 1024
	if most >= 1<<20 {
		unit = 1 << 20
	}
	thousands := most / unit * map[int]int{1024: 1000, 1 << 20: 1_000_000}[unit]
	beyond := most + 1
	if unit == 1024 {
		beyond++ // a WEBP picture has an even length
	}
	return []sizeToTry{
		{thousands, "", []int{http.StatusOK}},
		{most, document.Should, []int{http.StatusOK}},
		{beyond, "", []int{http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType}},
	}
}

func (t *T) trySizes(kind, media string, sizes []sizeToTry) error {
	for _, try := range sizes {
		r := t.upload(kind, exchange.Part{FileName: "file." + media[strings.LastIndexAny(media, "/.")+1:], Media: media, Value: sized(media, try.size)})
		if try.wanted[0] != http.StatusOK || try.level != "" {
			r = r.Unacceptable()
		}
		e, err := t.Ask(r)
		if err != nil {
			return err
		}
		t.wantAt(e, try.level, fmt.Sprintf("a file of %d bytes as %s was not answered as it should be", try.size, kind), "", try.wanted...)
	}
	return nil
}
