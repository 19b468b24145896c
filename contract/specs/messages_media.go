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
		It("shows a file in its conversation", Requirement("SEND-MEDIA-APPEARS"), func(t *T) {
			op := t.operationNamed(document.SendMediaMessage)
			files := fileFields(op)
			if len(files) == 0 {
				t.Lacks("x-file-rules of the upload in the contract")
			}
			caption := " " + t.uniqueText("Our menu") + " ☎️ e\u0301\u200c 👋🏽 &amp; a+b%20 <b>\nline two\n"
			menu := files[0].uploads(t)("image", fileOf("image/png"), exchange.Part{Name: "caption", Value: caption})
			t.expectSent(menu, "image", caption, func(m exchange.Message) bool { return m.Content == caption })
		}),
		It("shows the caption of each kind of file that has one", Requirement("SEND-MEDIA-APPEARS"), func(t *T) {
			for _, kind := range []string{"video", "document"} {
				caption := t.uniqueText("Our "+kind) + " e\u0301 👋🏽 <b>\nline two"
				file := map[string]any{"phone": t.recipient(), "type": kind, "link": "https://example.com/our-" + kind, "caption": caption}
				t.expectSent(t.To(t.operationNamed(document.SendMediaMessage), 0).WithJSON(file), kind, caption, func(m exchange.Message) bool { return m.Content == caption })
			}
		}, Suffix(".captions")),
	)
}
