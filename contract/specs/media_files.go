package specs

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"example.com/awalmock/contract/exchange"
)

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

// uploadsOfEachFormat are an upload of each media type that each type of message has.
func (t *T) uploadsOfEachFormat() []namedRequest {
	var out []namedRequest
	rules := t.fileRules()
	for _, kind := range slices.Sorted(maps.Keys(rules)) {
		for _, media := range rules[kind].MediaTypes {
			file := fileOf(media, fileName(media))
			if file.Value == "" {
				t.Lacks("a file of the type %s in the suite", media)
			}
			out = append(out, namedRequest{media + " as " + kind, t.upload(kind, file)})
		}
	}
	return out
}

// uploadsOfOtherContent are uploads whose name and content type say what the type wants, and whose content is something else.
func (t *T) uploadsOfOtherContent() []namedRequest {
	var out []namedRequest
	rules := t.fileRules()
	for _, kind := range slices.Sorted(maps.Keys(rules)) {
		claimed := rules[kind].MediaTypes[0]
		for _, media := range otherTypes(rules, kind) {
			file := fileOf(media, fileName(claimed))
			file.Media = claimed
			out = append(out, namedRequest{media + " that says it is " + claimed, t.upload(kind, file).Unacceptable()})
		}
	}
	return out
}

// stickersOfOtherSizes are stickers that are not 512 x 512 pixels large.
func (t *T) stickersOfOtherSizes() []namedRequest {
	var out []namedRequest
	if !slices.Equal(t.fileRules()["sticker"].MediaTypes, []string{"image/webp"}) {
		return nil
	}
	for _, size := range [][2]int{{512, 511}, {513, 512}, {256, 256}} {
		file := exchange.Part{FileName: "file.webp", Media: "image/webp", Value: webp(size[0], size[1], 0)}
		out = append(out, namedRequest{fmt.Sprintf("a sticker of %d x %d pixels", size[0], size[1]), t.upload("sticker", file).Unacceptable()})
	}
	return out
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

// fileName is a name with the extension of a media type.
func fileName(media string) string { return "file." + media[strings.LastIndexAny(media, "/.")+1:] }

const (
	largeFile   = 8 << 20   // bytes from which on a file is tried with --large only
	largestFile = 128 << 20 // that is ever made
)

// A sizeToTry is a size of a file, and the statuses of its answer.
type sizeToTry struct {
	bytes  int
	should bool // a breach is no more than a SHOULD
	wanted []int
}

// smallestFirst are the types of message that have files, by the size that is allowed.
func smallestFirst(rules map[string]fileRule) []string {
	return slices.SortedStableFunc(slices.Values(slices.Sorted(maps.Keys(rules))), func(a, b string) int { return cmp.Compare(rules[a].MaxBytes, rules[b].MaxBytes) })
}

// sizesOf are the sizes that are tried of a file: near its bound, or without --large one of largeFile if that is less. "100 KB" may mean thousands:
// a size between the two readings is no more than a SHOULD.
func (t *T) sizesOf(rule fileRule) []sizeToTry {
	most := rule.MaxBytes
	switch {
	case most == 0 || len(rule.MediaTypes) == 0 || most > largestFile:
		return nil
	case most > largeFile && !t.Config.Large:
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
		{bytes: most / unit * thousand, wanted: accepted()},
		{bytes: most, should: true, wanted: accepted()},
		{bytes: beyond, wanted: refusedFile()},
	}
}

// uploadOfSize is an upload of a file that is so many bytes long.
func (t *T) uploadOfSize(kind, media string, size sizeToTry) *exchange.Request {
	r := t.upload(kind, exchange.Part{FileName: fileName(media), Media: media, Value: sized(media, size.bytes)})
	if size.should || size.wanted[0] != http.StatusOK {
		r = r.Unacceptable()
	}
	return r
}
