package specs

import (
	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/match"
)

func mediaSends() Specs {
	return Describe("media", Operation(document.SendMediaMessage),
		It("accepts a file by an https link", Requirement("SEND-MEDIA-LINK"), func(t *T) {
			link := map[string]any{"phone": t.recipient(), "type": "image", "link": "https://example.com/menu.png"}
			t.Expect(t.answer(t.To(t.operationNamed(document.SendMediaMessage), 0).WithJSON(link))).To(match.BeAccepted(), "a file by an https link was not accepted")
		}, Suffix(".accepted")),
		It("shows a file of each kind in its conversation", Requirement("SEND-MEDIA-APPEARS"), showsEachKindOfFile),
		It("shows the caption of each kind of file that has one", Requirement("SEND-MEDIA-APPEARS"), func(t *T) {
			for _, kind := range []string{"video", "document"} {
				caption := t.uniqueText("Our "+kind) + " e\u0301 👋🏽 <b>\nline two"
				file := map[string]any{"phone": t.recipient(), "type": kind, "link": "https://example.com/our-" + kind, "caption": caption}
				t.expectSent(t.To(t.operationNamed(document.SendMediaMessage), 0).WithJSON(file), kind, caption, func(m exchange.Message) bool { return m.Content == caption })
			}
		}, Suffix(".captions")),
	)
}

// showsEachKindOfFile uploads a file of each kind that x-file-rules has, with a caption where the kind may have one.
func showsEachKindOfFile(t *T) {
	files := fileFields(t.operationNamed(document.SendMediaMessage))
	if len(files) == 0 {
		t.Lacks("x-file-rules of the upload in the contract")
	}
	upload := files[0].uploads(t)
	for _, kind := range files[0].rules.kinds() {
		rule := files[0].rules.Rules[kind]
		caption, more := "", []exchange.Part(nil)
		if rule.Caption == nil || *rule.Caption {
			caption = " " + t.uniqueText("Our "+kind) + " ☎️ e\u0301\u200c 👋🏽 &amp; a+b%20 <b>\nline two\n"
			more = append(more, exchange.Part{Name: "caption", Value: caption})
		}
		t.expectSent(upload(kind, fileOf(rule.MediaTypes[0]), more...), kind, caption, func(m exchange.Message) bool { return caption == "" || m.Content == caption })
	}
}
