package server_test

import "strings"

// The beginnings of files: from them follows what the files are.
const (
	png  = "\x89PNG\r\n\x1a\n0000"
	jpg  = "\xff\xd8\xff\xe0\x00\x10JFIF\x00"
	pdf  = "%PDF-1.7\n"
	ogg  = "OggS\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01vorbis"
	amr  = "#!AMR\n"
	mp3  = "ID3\x03\x00\x00\x00\x00\x00\x01\x00"
	mp4  = "\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"
	gp3  = "\x00\x00\x00\x18ftyp3gp5\x00\x00\x00\x003gp5isom"
	ole  = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
	webp = "RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\xff\xc1\x7f\x00\x07\x10\x11\x11\x88\x88\xfe\x07\x00" // 512 x 512
)

// office is the beginning of an Office file: a zip whose entries say what it is.
func office(folder string) string {
	entry := func(name string) string {
		return "PK\x03\x04\x14\x00\x00\x00\x00\x00" + strings.Repeat("\x00", 16) + string(rune(len(name))) + "\x00\x00\x00" + name
	}
	return entry("[Content_Types].xml") + entry("_rels/.rels") + entry("docProps/app.xml") + entry(folder)
}
