package receiver

import "example.com/awalmock/contract/document"

// Where a requirement comes from: the vendor's page, or this project where that page is silent.
const (
	page     = "https://awalchat.com/en/docs/api/webhooks"
	inferred = "inferred"
)

// What the vendor says, and what is guessed (reports and docs/what-is-guessed.md).
const (
	documented = "D"
	guessed    = "I"
)

// A rule is a requirement of a receiver. The webhook is where in the contract it belongs, "" for all.
type rule struct{ id, level, mark, source, webhook, text string }

// rules are all that is asked of a receiver. The vendor documents the challenge, and that the signature of every event must be verified; its
// page breaks off before it says how, so the form of the signature is that of the API's requests (I).
func rules() []rule {
	must, should := document.Must, document.Should
	return []rule{
		{"RECEIVER-CHALLENGE", must, documented, page, document.Verification, "The check of the address is answered with 200, as application/json, and with the challenge that came, unchanged."},
		{"RECEIVER-CHALLENGE-WRONG", should, guessed, inferred, document.Verification, "A check without a challenge, or with one that is no text, is answered neither with a challenge nor with 5xx."},
		{"RECEIVER-ACCEPTS", must, guessed, inferred, "", "Each documented event, rightly signed, is answered with 2xx."},
		{"RECEIVER-IN-TIME", must, guessed, inferred, "", "Every request is answered before the sender gives up (10 s)."},
		{"RECEIVER-RAW-BODY", must, guessed, inferred, "", "The signature is verified over the bytes of the body as they came: JSON with other spaces, order of keys or escapes, rightly signed, is answered with 2xx."},
		{"RECEIVER-HEADER-CASE", must, guessed, inferred, "", "Names of headers in small letters are accepted; in HTTP their case has no meaning."},
		{"RECEIVER-UNSIGNED", must, documented, page, "", "An event without a signature, or with an empty one, is not accepted."},
		{"RECEIVER-OTHER-KEY", must, documented, page, "", "An event that is signed with another secret is not accepted."},
		{"RECEIVER-SIGNATURE-WHOLE", must, guessed, inferred, "", "The whole signature counts: with a digit changed, cut off, or nothing but its prefix, it is not accepted."},
		{"RECEIVER-COVERS-BODY", must, guessed, inferred, "", "An event whose body was changed after it was signed, in one byte or in spaces only, is not accepted."},
		{"RECEIVER-COVERS-TIMESTAMP", must, guessed, inferred, "", "A signature that was made for another time than the one in the header is not accepted."},
		{"RECEIVER-COVERS-TARGET", must, guessed, inferred, "", "A signature that was made for another path is not accepted."},
		{"RECEIVER-TIMESTAMP-OLD", must, guessed, inferred, "", "A rightly signed event whose timestamp is a day old is not accepted. What is nearer is free."},
		{"RECEIVER-TIMESTAMP-AHEAD", must, guessed, inferred, "", "A rightly signed event whose timestamp is a day ahead is not accepted. What is nearer is free."},
		{"RECEIVER-TIMESTAMP-MISSING", must, guessed, inferred, "", "An event without a timestamp, or with one that is no whole number, is not accepted, with any text that it is signed over."},
		{"RECEIVER-NO-SECRET", must, guessed, inferred, "", "No answer shows the secret, nor the signature that would have been right."},
		{"RECEIVER-UNKNOWN-FIELD", must, guessed, inferred, "", "An event with fields that no page names is answered with 2xx."},
		{"RECEIVER-REFUSAL", should, guessed, inferred, "", "What is not accepted is answered with 4xx: a 5xx is sent again for hours."},
		{"RECEIVER-MALFORMED", should, guessed, inferred, "", "A rightly signed body that is no event (no JSON, empty) is not answered with 5xx."},
		{"RECEIVER-ROTATION", should, guessed, inferred, "", "While a secret is changed, the header has two signatures; the event is answered with 2xx if one of them is right, in either place."},
		{"RECEIVER-ROTATION-WRONG", must, guessed, inferred, "", "Two signatures of which none is right are not accepted."},
		{"RECEIVER-UNKNOWN-EVENT", should, guessed, inferred, "", "An event of another name is answered with 2xx: the vendor announces more of them."},
		{"RECEIVER-UNKNOWN-WORD", should, guessed, inferred, "", "A kind of message or a status that no page names is answered with 2xx."},
		{"RECEIVER-DUPLICATE", should, guessed, inferred, "", "An event that comes again, with the same id, is answered with 2xx each time."},
		{"RECEIVER-DUPLICATE-EFFECT", should, guessed, inferred, "message.received", "An event that comes again, with the same id, has its effect once. Judged with --effects-url only."},
		{"RECEIVER-ORDER", should, guessed, inferred, "", "Events that arrive in reversed order are answered with 2xx; with --effects-url, none of them is lost."},
		{"RECEIVER-LATE-STATUS", should, guessed, inferred, "message.status.updated", "A status that arrives after read is answered with 2xx."},
		{"RECEIVER-LATE-STATUS-EFFECT", should, guessed, inferred, "message.status.updated", "A status that arrives after read, and is older, does not turn read back. Judged with --effects-url only."},
		{"RECEIVER-BATCH", should, guessed, inferred, "", "Several events in one request, as a JSON array that is signed as a whole, are answered with 2xx; with --effects-url, each has its effect."},
		{"RECEIVER-LARGE", should, guessed, inferred, "message.received", "An event of 3 MB is answered with 2xx."},
		{"RECEIVER-PARALLEL", should, guessed, inferred, "", "200 events at once are each answered with 2xx; with --effects-url, each has its effect."},
	}
}

// requirements are the rules as the report shows them. Each names the place of the contract that it is about.
func requirements(doc *document.Document) []document.Requirement {
	out := make([]document.Requirement, 0, len(rules()))
	for _, r := range rules() {
		pointer := "/" + document.WebhooksExtension
		if r.webhook != "" {
			pointer += document.PointerOf([]string{r.webhook})
		}
		out = append(out, document.Requirement{
			ID: r.id, Level: r.level, Text: r.text, Source: r.source, Mark: r.mark, Operations: []string{}, Place: doc.Place(pointer),
		})
	}
	return out
}
