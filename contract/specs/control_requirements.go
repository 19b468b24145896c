package specs

import (
	"example.com/awalmock/contract/document"
)

// controlRequirements are the requirements of the control API. It is not a part of the vendor's API, so x-requirements does not have them. What the
// vendor's API must show after a change by the control API is in x-requirements.
func controlRequirements() []*document.Requirement {
	var out []*document.Requirement
	for _, r := range []struct{ id, text string }{
		{"CONTROL-ANSWERS", "Each operation does what the request says, and answers with its documented status and properties."},
		{"CONTROL-WORKSPACES", "A workspace is created once, with credentials that are shown once and refused after its removal."},
		{"CONTROL-UNKNOWN-WORKSPACE", "A workspace that does not exist is answered with 404."},
		{"CONTROL-ISOLATION", "A new workspace is empty, and a change in one workspace is not seen in another: no conversation, no time, no fault."},
		{"CONTROL-CLOCK", "The clock shows the time to which it is set or advanced. Moving it back is refused with 409 and changes nothing."},
		{"CONTROL-STATUS-FORWARD", "A message gets the later status that is set. An earlier status is refused with 409 and changes nothing."},
		{"CONTROL-UNREAD-BOUND", "unread_count makes this number of messages unread. A number above that of the messages is refused with 400 and changes nothing."},
		{"CONTROL-FAULT", "A fault makes its operation fail as often as it says, with the documented error body, and no other operation; after it is removed, the operation is answered as before."},
		{"CONTROL-RESET", "A reset restores data, clock and faults."},
		{"CONTROL-JOURNAL", "The journal has each exchange under its X-Request-Id, with the reason of a refusal, and neither a secret nor a whole signature."},
	} {
		out = append(out, &document.Requirement{ID: r.id, Level: document.Must, Text: r.text, Source: "control API", Operations: []string{document.Control}, Capability: document.CapabilityControl})
	}
	return out
}
