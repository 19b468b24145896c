package suite

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

const opMedia = "sendMediaMessage"

// fileRule is what x-file-rules of the contract says about one type of file.
type fileRule struct {
	MediaTypes []string `json:"mediaTypes"`
	MaxBytes   int      `json:"maxBytes"`
	Caption    *bool    `json:"caption"`
}

func mediaChecks(of makeCheck) []*check {
	link := of(opMedia, "SEND-MEDIA-LINK", "a file by an https link is accepted", checkMediaLink)
	link.id = "SEND-MEDIA-LINK.accepted"
	return []*check{
		link,
		of(opMedia, "SEND-MEDIA-UPLOAD", "each type is accepted in each of its formats", checkUploads),
		of(opMedia, "SEND-MEDIA-FORMAT", "a file that is not what it says is refused", checkLyingFiles),
		of(opMedia, "SEND-MEDIA-SIZE", "a file may be as large as its type allows, and no larger", checkFileSize),
		of(opMedia, "SEND-MEDIA-CAPTION", "a caption on audio or a sticker is refused", checkCaption),
		of(opMedia, "SEND-MEDIA-APPEARS", "a file stands in its conversation", checkMediaAppears),
	}
}

// fileRules reads x-file-rules of the upload.
func (p *probe) fileRules() (map[string]fileRule, error) {
	op, err := p.operation(opMedia)
	if err != nil {
		return nil, err
	}
	for _, b := range op.bodies {
		if file := property(b, "file"); b.media == mediaForm && file != nil {
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
	return nil, lacks("x-file-rules of the upload in the contract")
}

func property(b *body, name string) *openapi3.Schema {
	if ref := b.properties()[name]; ref != nil {
		return ref.Value
	}
	return nil
}

// upload is a valid upload of a type, with more parts.
func (p *probe) upload(kind string, file part, more ...part) *request {
	file.name = "file"
	parts := append([]part{{name: "phone", value: p.recipient()}, {name: "type", value: kind}, file}, more...)
	return p.to(p.contract.operation(opMedia), 0).withForm(parts...)
}

func checkMediaLink(p *probe) error {
	op, err := p.operation(opMedia)
	if err != nil {
		return err
	}
	e, err := p.ask(p.to(op, 0).withJSON(map[string]any{"phone": p.recipient(), "type": "image", "link": "https://example.com/menu.png"}))
	if err != nil {
		return err
	}
	p.want(e, "a file by an https link was not accepted", "", http.StatusOK)
	return nil
}

// A named request is one of several that are made at once.
type namedRequest struct {
	name string
	*request
}

// wantEach makes requests at once, and wants one of the statuses from each.
func (p *probe) wantEach(requests []namedRequest, text string, statuses ...int) error {
	plain := make([]*request, len(requests))
	for i := range requests {
		plain[i] = requests[i].request
	}
	answers, err := p.askAll(plain)
	if err != nil {
		return err
	}
	for i, e := range answers {
		p.want(e, text+": "+requests[i].name, "", statuses...)
	}
	return nil
}

func checkUploads(p *probe) error {
	rules, err := p.fileRules()
	if err != nil {
		return err
	}
	var requests []namedRequest
	for _, kind := range slices.Sorted(maps.Keys(rules)) {
		for _, media := range rules[kind].MediaTypes {
			file := fileOf(media, "file."+media[strings.LastIndexAny(media, "/.")+1:])
			if file.value == "" {
				return lacks("a file of the type %s in the suite", media)
			}
			requests = append(requests, namedRequest{media + " as " + kind, p.upload(kind, file)})
		}
	}
	return p.wantEach(requests, "an upload was not accepted", http.StatusOK)
}

// checkLyingFiles uploads files whose name and content type say what the type wants, and whose content is something else.
func checkLyingFiles(p *probe) error {
	rules, err := p.fileRules()
	if err != nil {
		return err
	}
	var requests []namedRequest
	for _, kind := range slices.Sorted(maps.Keys(rules)) {
		claimed := rules[kind].MediaTypes[0]
		for _, media := range []string{"application/pdf", "image/png"} {
			if slices.Contains(rules[kind].MediaTypes, media) {
				continue
			}
			lying := fileOf(media, "file."+claimed[strings.LastIndexAny(claimed, "/.")+1:])
			lying.media = claimed
			requests = append(requests, namedRequest{media + " that says it is " + claimed, p.upload(kind, lying).unacceptable()})
		}
	}
	return p.wantEach(requests, "a file was not refused", http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
}

const (
	largeFile   = 8 << 20   // bytes from which on a file is tried with --large only
	largestFile = 128 << 20 // that is ever made
)

// checkFileSize tries each type near its bound, or without --large near largeFile if that is less. "100 KB" may mean thousands: a size between the two readings is no more than a SHOULD.
func checkFileSize(p *probe) error {
	rules, err := p.fileRules()
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
		if most > largeFile && !p.cfg.Large {
			sizes = []sizeToTry{{size: largeFile, wanted: []int{http.StatusOK}}}
		}
		if err := p.trySizes(kind, rules[kind].MediaTypes[0], sizes); err != nil {
			return err
		}
	}
	if !tried {
		return lacks("a size of files in the contract")
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
	return []sizeToTry{
		{thousands, "", []int{http.StatusOK}},
		{most, Should, []int{http.StatusOK}},
		{most + 2, "", []int{http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType}},
	}
}

func (p *probe) trySizes(kind, media string, sizes []sizeToTry) error {
	for _, try := range sizes {
		r := p.upload(kind, part{fileName: "file." + media[strings.LastIndexAny(media, "/.")+1:], media: media, value: sized(media, try.size)})
		if try.wanted[0] != http.StatusOK || try.level != "" {
			r = r.unacceptable()
		}
		e, err := p.ask(r)
		if err != nil {
			return err
		}
		p.wantAt(e, try.level, fmt.Sprintf("a file of %d bytes as %s was not answered as it should be", try.size, kind), "", try.wanted...)
	}
	return nil
}

func checkCaption(p *probe) error {
	caption := part{name: "caption", value: "A caption"}
	for kind, media := range map[string]string{"audio": "audio/ogg", "sticker": "image/webp"} {
		e, err := p.ask(p.upload(kind, fileOf(media, "file.bin"), caption).unacceptable())
		if err != nil {
			return err
		}
		p.want(e, "a caption on "+kind+" was not refused", "", http.StatusBadRequest)
	}
	return nil
}

func checkMediaAppears(p *probe) error {
	if _, err := p.fileRules(); err != nil {
		return err
	}
	caption := p.nonce("Our menu")
	return p.sentAs(p.upload("image", fileOf("image/png", "menu.png"), part{name: "caption", value: caption}), "image", func(m message) bool { return m.content == caption })
}
