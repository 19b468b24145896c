package otherserver

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// A form is a multipart body: its texts and its files by name.
type form struct {
	texts map[string]any
	files map[string][]byte
}

// formOf reads a multipart body; no part may be there twice.
func formOf(c *call) (*form, *failure) {
	media, parameters, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if err != nil || media != "multipart/form-data" {
		return nil, &failure{status: http.StatusUnsupportedMediaType, code: "media", message: "Send multipart/form-data."}
	}
	f := &form{map[string]any{}, map[string][]byte{}}
	reader := multipart.NewReader(bytes.NewReader(c.body), parameters["boundary"])
	for {
		part, err := reader.NextRawPart()
		if errors.Is(err, io.EOF) {
			return f, nil
		}
		if err != nil {
			return nil, invalid("body", "is not a whole form")
		}
		content, err := io.ReadAll(part)
		name := part.FormName()
		if _, twice := f.texts[name]; err != nil || twice || f.files[name] != nil {
			return nil, invalid("body", "is not a whole form with each part once")
		}
		if part.FileName() != "" {
			f.files[name] = content
		} else {
			f.texts[name] = string(content)
		}
	}
}

// A fileRule says what a file may be.
type fileRule struct {
	kinds   []string
	most    int
	caption bool
}

func office() []string { return []string{"pdf", "ole", "docx", "xlsx", "pptx"} }

func fileRules() map[string]fileRule {
	return map[string]fileRule{
		"image": {[]string{"jpeg", "png", "webp"}, 5 << 20, true}, "video": {[]string{"mp4", "3gp"}, 16 << 20, true},
		"audio": {[]string{"mp3", "ogg", "amr"}, 16 << 20, false}, "document": {office(), 100 << 20, true},
		"sticker": {[]string{"webp"}, 100 << 10, false},
	}
}

// sendMedia is POST /w/message/media, by link or by upload.
func (s *Server) sendMedia(c *call) (any, *failure) {
	kinds := rule{kind: "text", needed: true, words: []string{"image", "video", "audio", "document", "sticker"}}
	if s.isMedia(c, "application/json") {
		fields, failed := s.bodyOf(c, map[string]rule{"phone": phone(), "type": kinds, "link": needed(text(1, 0)), "caption": text(0, 0)})
		if failed != nil {
			return nil, failed
		}
		_, captioned := fields["caption"]
		if link, err := url.Parse(textOf(fields, "link")); err != nil || link.Scheme != "https" || link.Host == "" || strings.Contains(textOf(fields, "link"), " ") {
			return nil, invalid("link", "is an https:// address")
		}
		return s.sentFile(c, fields, captioned, textOf(fields, "link"))
	}
	f, failed := formOf(c)
	if failed != nil {
		return nil, failed
	}
	wrong := map[string]string{}
	s.checkFields("", map[string]rule{"phone": phone(), "type": kinds, "caption": text(0, 0), "file_name": text(0, 0)}, f.texts, wrong)
	file, there := f.files["file"]
	if !there {
		wrong["file"] = "has to be there"
	}
	if len(wrong) == 0 {
		s.checkFile("file", file, textOf(f.texts, "type"), wrong)
	}
	if len(wrong) > 0 {
		return nil, &failure{status: http.StatusBadRequest, code: "validation_failed", message: "Please look at your input once more.", details: wrong}
	}
	_, captioned := f.texts["caption"]
	return s.sentFile(c, f.texts, captioned, "a file")
}

func (s *Server) sentFile(c *call, fields map[string]any, captioned bool, otherwise string) (any, *failure) {
	kind := textOf(fields, "type")
	if !captioned {
		return s.sent(c, fields, kind, otherwise)
	}
	if !fileRules()[kind].caption {
		return nil, invalid("caption", "goes with pictures, videos and documents")
	}
	caption := textOf(fields, "caption")
	if s.has("captions are cut after 12 characters") {
		caption = string([]rune(caption)[:min(12, len([]rune(caption)))])
	}
	return s.sent(c, fields, kind, caption)
}

func (s *Server) checkFile(place string, file []byte, kind string, wrong map[string]string) {
	r := fileRules()[kind]
	most := r.most
	if s.has("a picture may be a kilobyte larger") && kind == "image" {
		most += 1024
	}
	if s.has("a picture may be no larger than 4 MB") && kind == "image" {
		most = 4 << 20
	}
	is := kindOf(file)
	wide, high := pixels(file)
	switch {
	case len(file) > most:
		wrong[place] = "is too large"
	case !slices.Contains(r.kinds, is):
		wrong[place] = "is none of " + strings.Join(r.kinds, ", ")
	case kind == "sticker" && (wide != 512 || high != 512):
		wrong[place] = "is 512 by 512"
	}
}

// kindOf says what a file is, by its first bytes.
func kindOf(file []byte) string {
	head := string(file[:min(len(file), 12)])
	switch {
	case strings.HasPrefix(head, "\x89PNG"):
		return "png"
	case strings.HasPrefix(head, "\xff\xd8\xff"):
		return "jpeg"
	case strings.HasPrefix(head, "RIFF") && strings.HasSuffix(head, "WEBP"):
		return "webp"
	case len(head) == 12 && head[4:8] == "ftyp" && strings.HasPrefix(head[8:], "3g"):
		return "3gp"
	case len(head) == 12 && head[4:8] == "ftyp":
		return "mp4"
	case strings.HasPrefix(head, "ID3") || len(head) > 1 && head[0] == 0xff && head[1]&0xe0 == 0xe0:
		return "mp3"
	case strings.HasPrefix(head, "OggS"):
		return "ogg"
	case strings.HasPrefix(head, "#!AMR"):
		return "amr"
	case strings.HasPrefix(head, "%PDF"):
		return "pdf"
	case strings.HasPrefix(head, "\xd0\xcf\x11\xe0"):
		return "ole"
	}
	return archiveKind(file)
}

func archiveKind(file []byte) string {
	archive, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		// What follows an archive hides its directory: its first names say what it is.
		for folder, kind := range map[string]string{"word/": "docx", "xl/": "xlsx", "ppt/": "pptx"} {
			if bytes.HasPrefix(file, []byte("PK")) && bytes.Contains(file[:min(len(file), 4096)], []byte(folder)) {
				return kind
			}
		}
		return ""
	}
	for _, entry := range archive.File {
		folder, _, _ := strings.Cut(entry.Name, "/")
		if kind := map[string]string{"word": "docx", "xl": "xlsx", "ppt": "pptx"}[folder]; kind != "" {
			return kind
		}
	}
	return ""
}

// pixels are the width and the height of a WEBP picture, 0 if they cannot be read.
func pixels(file []byte) (int, int) {
	if len(file) < 30 {
		return 0, 0
	}
	switch string(file[12:16]) {
	case "VP8L":
		bits := binary.LittleEndian.Uint32(file[21:25])
		return int(bits&0x3fff) + 1, int(bits>>14&0x3fff) + 1
	case "VP8X":
		return int(file[24]) + int(file[25])<<8 + 1, int(file[27]) + int(file[28])<<8 + 1
	case "VP8 ":
		return int(binary.LittleEndian.Uint16(file[26:28])) & 0x3fff, int(binary.LittleEndian.Uint16(file[28:30])) & 0x3fff
	}
	return 0, 0
}

// jsonText reads a JSON value from a text; an empty text counts as none.
func jsonText(text string) (any, bool) {
	if text == "" {
		return nil, true
	}
	var v any
	err := json.Unmarshal([]byte(text), &v)
	return v, err == nil
}
