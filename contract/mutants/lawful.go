package main

import (
	"slices"

	"example.com/awalmock/mockserver/server"
)

// A variant is a lawful server that looks different from the mock.
type variant struct {
	name     string
	options  server.Options
	change   change // nil: none
	sparse   bool   // it has too little data for some checks: UNVERIFIED is right
	prefix   string // of the base URL's path
	sending  bool   // it is checked with the capabilities send and tickets
	offering bool   // it is checked with the capabilities orders and invoices, and their cases alone
	records  bool   // it is checked with the capabilities contacts, branches and control, and the cases of records alone
	control  bool   // it is checked with the capability control, and its cases alone
	hooks    bool   // it is checked with the capabilities webhooks and control, and the cases of webhooks alone
	slow     bool   // it takes long for its waiting, not for its work
	large    bool   // cases with large files are part of those of sends and of records
	should   bool   // it breaks a SHOULD, which is lawful: accepted without --strict
}

func variants() []variant {
	return slices.Concat(formVariants(), dataVariants(), readingVariants(), liveVariants(), sendingVariants(), recordVariants(), offerVariants(), controlVariants(), webhookVariants())
}
