package specs

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
	"image/png"
	"strings"

	"example.com/awalmock/contract/exchange"
)

// fileOf is a small file of a media type, as a part of a form. The part has no content if the suite cannot make a file of that type.
func fileOf(media string) exchange.Part {
	return exchange.Part{FileName: "file." + media[strings.LastIndexAny(media, "/.")+1:], Media: media, Value: contentOf(media)}
}

func contentOf(media string) string {
	const office = "application/vnd.openxmlformats-officedocument."
	switch media {
	case "image/png", "image/jpeg":
		return picture(media)
	case "image/webp":
		return sticker()
	case "video/mp4":
		return "\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom\x00\x00\x00\x08mdat"
	case "video/3gpp":
		return "\x00\x00\x00\x18ftyp3gp5\x00\x00\x00\x003gp53gp4\x00\x00\x00\x08mdat"
	case "audio/mpeg":
		return strings.Repeat("\xff\xfb\x90\x64"+strings.Repeat("\x00", 413), 3)
	case "audio/ogg":
		return "OggS\x00\x02" + strings.Repeat("\x00", 20) + "\x01\x13OpusHead\x01\x01\x38\x01\x80\xbb\x00\x00\x00\x00\x00"
	case "audio/amr":
		return "#!AMR\n" + strings.Repeat("\x3c"+strings.Repeat("\x00", 31), 3)
	case "application/pdf":
		return "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
	case "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint":
		return "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 16) + "\x3e\x00\x03\x00\xfe\xff\x09\x00" + strings.Repeat("\x00", 480)
	case "image/gif":
		return "GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
	case "image/svg+xml":
		return `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8"/></svg>`
	case "text/html":
		return "<!DOCTYPE html><html><head><title>A</title></head><body><p>A text.</p></body></html>"
	case "text/rtf":
		return `{\rtf1\ansi A text.}`
	case "audio/wav":
		return "RIFF\x2c\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x40\x1f\x00\x00\x01\x00\x08\x00data\x08\x00\x00\x00" + strings.Repeat("\x80", 8)
	case "video/webm":
		return "\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08\x42\x82\x84webm\x42\x87\x81\x04\x42\x85\x81\x02"
	case "application/zip":
		return openOffice("notes.txt")
	case office + "wordprocessingml.document":
		return openOffice("word/document.xml")
	case office + "spreadsheetml.sheet":
		return openOffice("xl/workbook.xml")
	case office + "presentationml.presentation":
		return openOffice("ppt/presentation.xml")
	}
	return ""
}

func picture(media string) string {
	var out bytes.Buffer
	drawn := image.NewGray(image.Rect(0, 0, 8, 8))
	var err error
	if media == "image/png" {
		err = png.Encode(&out, drawn)
	} else {
		err = jpeg.Encode(&out, drawn, nil)
	}
	if err != nil {
		return ""
	}
	return out.String()
}

// sticker is a WEBP picture of 512 x 512 pixels.
func sticker() string { return webp(512, 512, 0) }

// webp is the beginning of a WEBP picture that zeros bytes of 0 have to follow, which readers skip; with 0, it is the whole picture.
func webp(width, height, zeros int) string {
	dimensions := string(binary.LittleEndian.AppendUint32(nil, uint32(width-1)|uint32(height-1)<<14))
	rest := "WEBPVP8L\x0d\x00\x00\x00\x2f" + dimensions + "\x07\x10\x11\x11\x88\x88\xfe\x07\x00\x00"
	if zeros > 0 {
		rest += "JUNK" + string(binary.LittleEndian.AppendUint32(nil, uint32(zeros)))
	}
	return "RIFF" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(rest)+zeros))) + rest
}

// openOffice is an Office file: a zip archive with the files by which its type is recognized.
func openOffice(document string) string {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	names := []string{"[Content_Types].xml", "_rels/.rels", document}
	if !strings.Contains(document, "/") {
		names = names[2:] // any archive
	}
	for _, name := range names {
		f, err := w.Create(name)
		if err == nil {
			_, err = f.Write([]byte(`<?xml version="1.0" encoding="UTF-8"?><x/>`))
		}
		if err != nil {
			return ""
		}
	}
	_ = w.Close()
	return out.String()
}

// sized is a file of a media type that is size bytes long, as a part of a form. Bytes that readers skip fill it.
func sized(media string, size int) exchange.Part {
	file := fileOf(media)
	if media == "image/webp" {
		if space := size - len(webp(512, 512, 1)); space > 0 {
			file.Value, file.Zeros = webp(512, 512, space), space
		}
		return file
	}
	file.Zeros = max(0, size-len(file.Value))
	return file
}
