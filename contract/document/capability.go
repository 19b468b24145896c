package document

// Names of capabilities that this version has cases for.
const (
	CapabilitySecondClient = "second-client" // the credentials of another workspace are given
	CapabilityRateLimit    = "rate-limit"    // the suite may use up a rate limit
	CapabilitySend         = "send"          // messages may be sent, to SendTo only
	CapabilityNumbers      = "numbers"       // the sending numbers can be read; implied by send
	CapabilityTemplates    = "templates"     // the templates can be read; implied by send
	CapabilityTickets      = "tickets"       // tickets may be opened and closed, on conversations with SendTo only
	CapabilityWebhooks     = "webhooks"      // the target sends webhooks to the suite
	CapabilityContacts     = "contacts"      // contacts and their groups may be made, changed and deleted
	CapabilityBranches     = "branches"      // branches may be made, changed and deleted
	CapabilityOrders       = "orders"        // orders may be read and changed
	CapabilityInvoices     = "invoices"      // invoices may be sent, to SendTo only
	CapabilityControl      = "control"       // the mock's control API is there; what it is used for happens in workspaces that the suite makes
)

// A Capability is something that a target may offer beyond reading.
type Capability struct {
	Name  string `json:"name"`
	Text  string `json:"text"`
	Cases bool   `json:"cases"` // whether this version of the suite has cases for it
}

// Capabilities are all known ones.
func Capabilities() []Capability {
	return []Capability{
		{CapabilitySecondClient, "another workspace's credentials are given; nothing of one is seen by the other", true},
		{CapabilityRateLimit, "a rate limit may be used up; it counts down, is enforced and comes back", true},
		{CapabilitySend, "messages may be sent, to the phones of --send-to only", true},
		{CapabilityNumbers, "the sending numbers can be read; send implies it", true},
		{CapabilityTemplates, "the templates can be read; send implies it", true},
		{CapabilityTickets, "tickets may be opened and closed, on conversations with the phones of --send-to only", true},
		{CapabilityControl, "the mock's control API is there; workspaces are made with it, used and removed", true},
		{CapabilityWebhooks, "webhooks are sent to the suite, which listens; the address is registered already, or with control", true},
		{CapabilityContacts, "contacts and contact groups may be made, changed and deleted", true},
		{CapabilityBranches, "branches may be made, changed and deleted", true},
		{CapabilityOrders, "orders may be read and changed", true},
		{CapabilityInvoices, "invoices may be sent, to the phones of --send-to only", true},
	}
}

// capabilityOfTag says what a target must offer for the operations of a tag to be asked at all: a server that only shows an inbox is lawful
// without the others. Other tags are read without a claim.
func capabilityOfTag(tag string) string {
	switch tag {
	case "messages":
		return CapabilitySend
	case "numbers":
		return CapabilityNumbers
	case "templates":
		return CapabilityTemplates
	case "tickets":
		return CapabilityTickets
	case "contacts":
		return CapabilityContacts
	case "branches":
		return CapabilityBranches
	case "orders":
		return CapabilityOrders
	case "invoices":
		return CapabilityInvoices
	}
	return ""
}
