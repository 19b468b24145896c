package server_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"
)

// archive is a zip with files of these names; the first one is large, so that the beginning shows nothing.
func archive(t *testing.T, names ...string) string {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for i, name := range names {
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(bytes.Repeat([]byte{'x'}, 1000*(1-min(i, 1)))); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// compound is an OLE file with a directory that has streams of these names.
func compound(names ...string) string {
	b := make([]byte, 512, 2048)
	copy(b, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	b = append(b, make([]byte, 512)...)
	for i, name := range append([]string{"Root Entry"}, names...) {
		entry := make([]byte, 128)
		for j, unit := range utf16.Encode([]rune(name)) {
			binary.LittleEndian.PutUint16(entry[2*j:], unit)
		}
		binary.LittleEndian.PutUint16(entry[64:], uint16(2*len(name)+2))
		entry[66] = 2
		if i == 0 {
			entry[66] = 5
		}
		b = append(b, entry...)
	}
	return string(append(b, make([]byte, 512)...))
}

func TestAContainerCountsAsItsContentWhateverItsNameSays(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	send := func(name, content string) *answer {
		return m.sendForm(t, "media", field("phone", "966500000001"), field("type", "document"),
			part{name: "file", fileName: name, contentType: "application/vnd.openxmlformats-officedocument.wordprocessingml.document", value: content})
	}
	for what, content := range map[string]string{
		"photos": archive(t, "photos/1.jpg", "photos/2.jpg"), "jar": archive(t, "META-INF/MANIFEST.MF", "A.class"), "odt": archive(t, "mimetype", "content.xml"),
		"photos in a folder called word": archive(t, "word/1.jpg", "word/2.jpg"), "empty": archive(t), "docx behind other names": archive(t, "a/word/document.xml"),
		"outlook message": compound("__properties_version1.0"), "installer": compound("Property", "Data"),
		"a zip with many photos": archive(t, append([]string{"a"}, strings.Fields(strings.Repeat("photo.jpg ", 2000))...)...),
	} {
		a := send("lying.docx", content).is(t, 400, "validation_failed").names(t, "file")
		if !strings.Contains(a.detail("file"), "wordprocessingml") {
			t.Errorf("%s: %s", what, a.body)
		}
	}
	for what, content := range map[string]string{
		"docx": archive(t, "[Content_Types].xml", "_rels/.rels", "word/document.xml"), "xlsx": archive(t, "[Content_Types].xml", "xl/workbook.xml"),
		"pptx": archive(t, "docProps/thumbnail.jpeg", "ppt/presentation.xml"), "a large docx": archive(t, "word/media/1.jpg", "word/document.xml"),
		"doc": compound("1Table", "WordDocument"), "xls": compound("Workbook"), "old xls": compound("Book"), "ppt": compound("Current User", "PowerPoint Document"),
	} {
		if a := send("photos.zip", content); a.status != 200 {
			t.Errorf("%s: %s", what, a.body)
		}
	}
}
