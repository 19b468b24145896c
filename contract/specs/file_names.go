package specs

import (
	"strings"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/match"
)

// A fileName is how the sender of a file calls it.
type fileName struct {
	what   string
	rename func(file exchange.Part) exchange.Part
	should bool // that its content alone counts is inferred
}

// fileNames are names and content types of a file whose content stays the same.
func fileNames() []fileName {
	named := func(change func(extension string) string) func(exchange.Part) exchange.Part {
		return func(file exchange.Part) exchange.Part {
			file.FileName = change(extensionOf(file.Media))
			return file
		}
	}
	typed := func(media string) func(exchange.Part) exchange.Part {
		return func(file exchange.Part) exchange.Part {
			file.Media = media
			return file
		}
	}
	return []fileName{
		{"with an extension in capitals", named(func(extension string) string { return "Photo." + strings.ToUpper(extension) }), false},
		{"with two dots in its name", named(func(extension string) string { return "a.b." + extension }), false},
		{"with an Arabic name", named(func(extension string) string { return "صورة جديدة." + extension }), false},
		{"with no extension", named(func(string) string { return "photo" }), true},
		{"with the extension of another kind of file", named(func(string) string { return "photo.bin" }), true},
		{"said to be application/octet-stream", typed("application/octet-stream"), true},
		{"of no content type", typed(""), true},
	}
}

// extensionOf is the extension that files of a media type usually have.
func extensionOf(media string) string {
	usual := map[string]string{
		"image/jpeg": "jpg", "video/3gpp": "3gp", "audio/mpeg": "mp3", "application/msword": "doc",
		"application/vnd.ms-excel": "xls", "application/vnd.ms-powerpoint": "ppt",
		"application/vnd.openxmlformats-officedocument.wordprocessingml.document":   "docx",
		"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":         "xlsx",
		"application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
	}
	if extension := usual[media]; extension != "" {
		return extension
	}
	return media[strings.LastIndexByte(media, '/')+1:]
}

// acceptsEachName uploads right files under each name. Each is of another kind than the one before, where there are several.
func (f fileField) acceptsEachName(t *T) {
	upload, kinds, names := f.uploads(t), f.rules.kinds(), fileNames()
	var uploads []namedRequest
	should := map[string]bool{}
	first := t.Rand.IntN(len(kinds))
	for i, name := range names {
		kind := kinds[(first+i)%len(kinds)]
		file := fileOf(f.rules.Rules[kind].MediaTypes[0])
		if file.Value == "" {
			t.Lacks("a file of the type %s in the suite", file.Media)
		}
		r := upload(kind, name.rename(file))
		if name.should {
			r = r.MayBeRefused()
		}
		what := file.Media + ofKind(kind) + " " + name.what
		should[what] = name.should
		uploads = append(uploads, namedRequest{what, r})
	}
	uploads = t.fewOf(f.op, uploads)
	for i, e := range t.answers(requestsOf(uploads)) {
		check := t.Check(e)
		if should[uploads[i].name] {
			check = t.Advise(e)
		}
		check.To(match.BeAccepted(), "an upload was not accepted: %s", uploads[i].name)
	}
}

// fewUploads is how many of several uploads are made where the rate limit of the operation is small.
const fewUploads = 2

// fewOf are all uploads, or a few that the seed chooses where the rate limit of the operation is small.
func (t *T) fewOf(op *document.Operation, uploads []namedRequest) []namedRequest {
	if !t.Small(op) || len(uploads) <= fewUploads {
		return uploads
	}
	t.Rand.Shuffle(len(uploads), func(i, j int) { uploads[i], uploads[j] = uploads[j], uploads[i] })
	return uploads[:fewUploads]
}
