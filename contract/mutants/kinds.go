package main

import (
	"net/http"
	"strings"
)

func kindMutants() []mutant {
	return []mutant{
		{"http:// links accepted", "SEND-MEDIA-LINK", takes("media", containing("http://"))},
		{"links refused", "SEND-MEDIA-LINK", refuses("media", containing("https://"))},
		{"MP3 refused", "SEND-MEDIA-UPLOAD", refuses("media", containing("\xff\xfb\x90\x64"))},
		{"an upload with a lying type accepted", "SEND-MEDIA-FORMAT", takes("media", func(content string) bool {
			return strings.Contains(content, "%PDF") && !strings.Contains(content, "Content-Type: application/pdf")
		})},
		{"a picture accepted as a document", "SEND-MEDIA-FORMAT", takes("media", func(content string) bool {
			_, file, _ := strings.Cut(content, "application/pdf\r\n\r\n")
			return strings.HasPrefix(file, "\x89PNG") || strings.HasPrefix(file, "\xff\xd8")
		})},
		{"a sound accepted as a sticker", "SEND-MEDIA-FORMAT", takes("media", containing("WAVEfmt "))},
		{"a page accepted as a document", "SEND-MEDIA-FORMAT", takes("media", func(content string) bool {
			return strings.Contains(content, "Content-Type: application/pdf") && strings.Contains(content, "<!DOCTYPE html>")
		})},
		{"any archive accepted as a document", "SEND-MEDIA-FORMAT", takes("media", containing("notes.txt"))},
		{"extensions in capitals refused", "SEND-MEDIA-UPLOAD", refuses("media", containing(`filename="Photo.`))},
		{"Arabic names of files refused", "SEND-MEDIA-UPLOAD", refuses("media", containing("صورة"))},
		{"files said to be application/octet-stream refused", "SEND-MEDIA-UPLOAD", refuses("media", containing("application/octet-stream"))},
		{"a preview_url in quotes accepted", "sendTextMessage.body.type", takes("text", containing(`"preview_url":"true"`))},
		{"a latitude in quotes accepted", "sendLocationMessage.body.type", takes("location", containing(`"latitude":"1"`))},
		{"an unknown media type accepted", "SEND-MEDIA-TYPE-WORDS", takes("media", containing("nosuchword"))},
		{"a sticker two bytes too large accepted", "SEND-MEDIA-SIZE", takes("media", containing("JUNK"))},
		{"stickers of 100 KB refused", "SEND-MEDIA-SIZE", refuses("media", func(content string) bool { return len(content) > 100_000 })},
		{"a caption on audio accepted", "SEND-MEDIA-CAPTION", takes("media", containing("caption"))},
		{"a sent picture missing", "SEND-MEDIA-APPEARS", without("image")},
		{"templates refused", "SEND-TEMPLATE", refuses("template", anything)},
		{"an unknown template accepted", "SEND-TEMPLATE-UNKNOWN", commands(sendOf("template"), func(_ *target, _ string, a *answer) {
			if a.status == http.StatusNotFound {
				accept200(a)
			}
		})},
		{"an unknown header_type accepted", "SEND-TEMPLATE-HEADER-TYPE", takes("template", containing("nosuchword"))},
		{"header_type not needed", "SEND-TEMPLATE-HEADER-TYPE", takes("template", func(content string) bool { return !strings.Contains(content, "header_type") })},
		{"named parameters refused", "SEND-TEMPLATE-PARAMETERS", refuses("template", containing(`"name"`))},
		{"positional parameters refused", "SEND-TEMPLATE-PARAMETERS", refuses("template", containing(`["value-1"`))},
		{"body_params that are no JSON accepted", "SEND-TEMPLATE-PARAMETERS-JSON", takes("template", containing("no JSON"))},
		{"a parameter of a template without a value accepted", "sendTemplateMessage.form.required", takes("template", func(content string) bool {
			_, named, _ := strings.Cut(content, `[{"name":`)
			return named != "" && !strings.Contains(named, `"value":`)
		})},
		{"a template not filled in", "SEND-TEMPLATE-APPEARS", sentText(strings.NewReplacer("value-1", "{{1}}").Replace)},
		{"four buttons accepted", "SEND-BUTTON", takes("button", containing("id 3"))},
		{"three buttons refused", "SEND-BUTTON", refuses("button", containing("id 2"))},
		{"a button's title of 21 characters accepted", "SEND-BUTTON-LENGTHS", takes("button", letters(21))},
		{"a body_text of 1024 characters refused", "SEND-BUTTON-LENGTHS", refuses("button", letters(1024))},
		{"length of a header in bytes", "SEND-BUTTON-LENGTHS", refuses("button", manyBytes(60))},
		{"two buttons with the same id accepted", "SEND-BUTTON-ID-UNIQUE", takes("button", func(content string) bool { return strings.Count(content, `"id":"id 0"`) == 2 })},
		{"sent buttons missing", "SEND-BUTTON-APPEARS", without("button")},
		{"eleven sections accepted", "SEND-LIST", takes("list", func(content string) bool { return strings.Count(content, `"rows"`) == 11 })},
		{"ten rows refused", "SEND-LIST", refuses("list", func(content string) bool { return strings.Count(content, `"id"`) == 10 })},
		{"a description of 73 characters accepted", "SEND-LIST-LENGTHS", takes("list", letters(73))},
		{"length of a row's title in bytes", "SEND-LIST-LENGTHS", refuses("list", manyBytes(24))},
		{"two rows with the same id accepted", "SEND-LIST-ID-UNIQUE", takes("list", func(content string) bool { return strings.Count(content, `"id":"id 0"`) == 2 })},
		{"a sent list missing", "SEND-LIST-APPEARS", without("list")},
		{"a location without address accepted", "SEND-LOCATION", takes("location", func(content string) bool { return !strings.Contains(content, "address") })},
		{"a latitude of 90 refused", "SEND-LOCATION-BOUNDS", refuses("location", containing(`"latitude":90`))},
		{"a longitude beyond 180 accepted", "SEND-LOCATION-BOUNDS", takes("location", containing("180.001"))},
		{"a sent location missing", "SEND-LOCATION-APPEARS", without("location")},
	}
}
