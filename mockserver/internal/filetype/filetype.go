// Package filetype finds out what a file is by its content. The file's name, and what its sender says of it, do not count.
package filetype

import (
	"bytes"
	"mime"
	"slices"
	"strings"

	"github.com/gabriel-vasile/mimetype"
	"golang.org/x/image/webp"
)

// HeadBytes is how much of a file's beginning has to be kept to see what it is: what mimetype looks at.
const HeadBytes = 3072

// ambiguous are formats of containers whose beginning does not say what is in them, with the media types that they may be when
// what is inside could not be read.
var ambiguous = map[string][]string{
	"application/x-ole-storage": {"application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"},
	"application/ogg":           {"audio/ogg"},
}

// parts are what a container has in it when it is a file of a media type: a stream of an OLE file or, with a / at its end, a
// folder of a zip that holds XML.
var parts = map[string][]string{
	"application/msword":            {"WordDocument"},
	"application/vnd.ms-excel":      {"Workbook", "Book"},
	"application/vnd.ms-powerpoint": {"PowerPoint Document"},
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document":   {"word/"},
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":         {"xl/"},
	"application/vnd.openxmlformats-officedocument.presentationml.presentation": {"ppt/"},
}

// Known returns a media type in the form that Is takes, and reports whether it can be recognised by a file's content.
func Known(mediaType string) (string, bool) {
	name, _, err := mime.ParseMediaType(mediaType)
	if err != nil {
		return "", false
	}
	return name, parts[name] != nil || mimetype.Lookup(name) != nil
}

// Is reports whether a file is of a media type, by its first HeadBytes bytes and the names that ReadRest found inside. A
// container is what is in it (I).
func Is(head []byte, inside []string, mediaType string) bool {
	if wanted := parts[mediaType]; wanted != nil && len(inside) > 0 {
		return slices.ContainsFunc(wanted, func(part string) bool { return holds(inside, part) })
	}
	detected := mimetype.Detect(head)
	for is := detected; is != nil; is = is.Parent() {
		if is.Is(mediaType) {
			return true
		}
	}
	return slices.Contains(ambiguous[detected.String()], mediaType)
}

// holds reports whether a stream, or XML in a folder, is among the names.
func holds(names []string, part string) bool {
	if !strings.HasSuffix(part, "/") {
		return slices.Contains(names, part)
	}
	return slices.ContainsFunc(names, func(name string) bool {
		return strings.HasPrefix(name, part) && strings.HasSuffix(name, ".xml")
	})
}

// HasPixels reports whether Pixels can read the size of a picture of this media type.
func HasPixels(mediaType string) bool { return mediaType == "image/webp" }

// Pixels returns the width and the height of a picture, 0 and 0 when they cannot be read.
func Pixels(head []byte) (width, height int) {
	size, err := webp.DecodeConfig(bytes.NewReader(head))
	if err != nil {
		return 0, 0
	}
	return size.Width, size.Height
}
