package specs

import (
	"encoding/json"
	"net/http"

	"github.com/getkin/kin-openapi/openapi3"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/match"
)

// fileRule is what x-file-rules of the contract says about one type of file.
type fileRule struct {
	MediaTypes []string `json:"mediaTypes"`
	MaxBytes   int      `json:"maxBytes"`
	Caption    *bool    `json:"caption"`
}

func mediaSends() Specs {
	return Describe("media", Operation(document.SendMediaMessage),
		It("accepts a file by an https link", Requirement("SEND-MEDIA-LINK"), func(t *T) {
			link := map[string]any{"phone": t.recipient(), "type": "image", "link": "https://example.com/menu.png"}
			t.Expect(t.answer(t.To(t.operationNamed(document.SendMediaMessage), 0).WithJSON(link))).To(match.BeAccepted(), "a file by an https link was not accepted")
		}, Suffix(".accepted")),
		It("accepts each type of file in each of its formats", Requirement("SEND-MEDIA-UPLOAD"), func(t *T) {
			uploads := t.uploadsOfEachFormat()
			for i, e := range t.answers(requestsOf(uploads)) {
				t.Check(e).To(match.BeAccepted(), "an upload was not accepted: %s", uploads[i].name)
			}
		}),
		It("refuses a file that is not what it says", Requirement("SEND-MEDIA-FORMAT"), func(t *T) {
			uploads := append(t.uploadsOfOtherContent(), t.stickersOfOtherSizes()...)
			for i, e := range t.answers(requestsOf(uploads)) {
				t.Check(e).To(match.HaveStatus(refusedFile()...), "a file was not refused: %s", uploads[i].name)
			}
		}),
		It("accepts a file as large as its type allows, and refuses a larger one", Requirement("SEND-MEDIA-SIZE"), func(t *T) {
			tried := false
			rules := t.fileRules()
			for _, kind := range smallestFirst(rules) { // so that the smallest file that is wrongly refused is told
				for _, size := range t.sizesOf(rules[kind]) {
					tried = true
					e := t.answer(t.uploadOfSize(kind, rules[kind].MediaTypes[0], size))
					check := t.Check(e)
					if size.should {
						check = t.Advise(e)
					}
					check.To(match.HaveStatus(size.wanted...), "a file of %d bytes as %s was not answered as it should be", size.bytes, kind)
				}
			}
			if !tried {
				t.Lacks("a size of files in the contract")
			}
		}),
		It("refuses a caption on audio or a sticker", Requirement("SEND-MEDIA-CAPTION"), func(t *T) {
			t.operationNamed(document.SendMediaMessage)
			caption := exchange.Part{Name: "caption", Value: "A caption"}
			for kind, media := range map[string]string{"audio": "audio/ogg", "sticker": "image/webp"} {
				t.Check(t.answer(t.upload(kind, fileOf(media, "file.bin"), caption).Unacceptable())).To(match.BeRefused(), "a caption on %s was not refused", kind)
			}
		}),
		It("shows a file in its conversation", Requirement("SEND-MEDIA-APPEARS"), func(t *T) {
			t.fileRules()
			caption := t.nonce("Our menu")
			menu := t.upload("image", fileOf("image/png", "menu.png"), exchange.Part{Name: "caption", Value: caption})
			t.expectSent(menu, "image", func(m exchange.Message) bool { return m.Content == caption })
		}),
	)
}

// refusedFile are the statuses of a right server for a file that it does not take.
func refusedFile() []int {
	return []int{http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType}
}

// fileRules are x-file-rules of the upload, by the type of the message. Without them, the case ends.
func (t *T) fileRules() map[string]fileRule {
	for _, b := range t.operationNamed(document.SendMediaMessage).Bodies {
		if file := property(b, "file"); b.Media == exchange.MediaForm && file != nil {
			var rules struct{ Rules map[string]fileRule }
			raw, err := json.Marshal(file.Extensions["x-file-rules"])
			if err == nil {
				err = json.Unmarshal(raw, &rules)
			}
			if err == nil && len(rules.Rules) > 0 {
				return rules.Rules
			}
		}
	}
	t.Lacks("x-file-rules of the upload in the contract")
	return nil
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
